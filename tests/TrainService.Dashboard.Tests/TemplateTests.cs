using Microsoft.Playwright;

namespace TrainService.Dashboard.Tests;

/// <summary>Every template can be started on a service that is new, at most with one click that brings its table.</summary>
[Collection(BrowserCollection.Name)]
public sealed class TemplateTests(Browser browser)
{
    [BrowserFact]
    public async Task Every_template_is_accepted()
    {
        await using PageUnderTest test = await browser.OpenAsync("/new");
        IPage page = test.Page;
        ILocator template = page.GetByLabel("Template"), start = page.GetByRole(AriaRole.Button, new() { Name = "Start" }), bring = page.GetByRole(AriaRole.Button, new() { Name = "Bring it here" }),
            instead = page.GetByRole(AriaRole.Button, new() { Name = "Use drawn clothes" });
        await page.Locator(".editor .cm-content").WaitForAsync();
        IReadOnlyList<string> all = await template.Locator("option").AllTextContentsAsync();
        all.Count.ShouldBeGreaterThan(30);
        int brought = 0;
        // The first one stands there already: choosing it changes nothing.
        foreach (string name in all.Skip(2).Append(all[1]))
        {
            Task<IResponse> answer = page.WaitForResponseAsync("**/jobs/validate");
            await template.SelectOptionAsync(new SelectOptionValue { Label = name });
            IResponse said = await answer;
            if (!said.Ok)
            {
                await Assertions.Expect(bring.Or(instead)).ToBeVisibleAsync();
                if (await bring.IsVisibleAsync()) brought++;
                answer = page.WaitForResponseAsync("**/jobs/validate");
                await bring.Or(instead).ClickAsync();
                said = await answer;
            }

            said.Ok.ShouldBeTrue($"{name}: {await said.TextAsync()}");
            await Assertions.Expect(start).ToBeEnabledAsync();
        }

        brought.ShouldBe(1);
        (await browser.HasDatasetAsync("flowers")).ShouldBeTrue();
        test.ShouldHaveNoComplaintsBut("422");
    }
}
