using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using TrainService.Api.Tests.Support;

namespace TrainService.Dashboard.Tests;

/// <summary>From a template to a curve that moves, and everything that one does with a job.</summary>
[Collection(BrowserCollection.Name)]
public sealed class JobPagesTests(Browser browser)
{
    [BrowserFact]
    public async Task Fashion_MNIST_from_a_template_to_a_drawn_trouser()
    {
        await using PageUnderTest test = await browser.OpenAsync("/new");
        IPage page = test.Page;
        await page.GetByLabel("Template").SelectOptionAsync(new SelectOptionValue { Label = "Fashion-MNIST: dense network, one-cycle" });
        await page.GetByLabel("Rows").FillAsync("6000");
        await page.GetByLabel("Epochs").FillAsync("10000");
        if (!await browser.HasDatasetAsync("fashion-mnist")) await page.GetByRole(AriaRole.Button, new() { Name = "Use drawn clothes" }).ClickAsync();
        ILocator start = page.GetByRole(AriaRole.Button, new() { Name = "Start" });
        await Assertions.Expect(start).ToBeEnabledAsync();
        await Assertions.Expect(page.Locator(".graph .learns")).ToHaveCountAsync(2);
        await Assertions.Expect(page.GetByRole(AriaRole.Group, new() { NameRegex = new("^learning rate") })).ToBeVisibleAsync();
        await test.PictureAsync("new-job");
        await start.ClickAsync();

        // The curve moves before the job is over.
        ILocator loss = page.GetByRole(AriaRole.Group, new() { NameRegex = new("^loss:") });
        await loss.WaitForAsync();
        string first = (await loss.GetAttributeAsync("aria-label"))!;
        await Wait.UntilAsync(async () => await loss.GetAttributeAsync("aria-label") != first, "the curve moves");
        await Assertions.Expect(page.Locator(".badge")).ToHaveTextAsync("running");
        await Assertions.Expect(page.Locator("header").GetByRole(AriaRole.Status)).ToHaveTextAsync("live");

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Assertions.Expect(page.Locator(".badge")).ToHaveTextAsync("paused");
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Assertions.Expect(page.Locator(".badge")).ToHaveTextAsync("running");
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Assertions.Expect(page.Locator(".badge")).ToHaveTextAsync("stopped");

        // Forked from its checkpoint, with fewer epochs: what was stands beside what is.
        string job = page.Url.Split('/')[^1];
        await page.GetByRole(AriaRole.Link, new() { Name = "Fork or change" }).ClickAsync();
        await page.GetByLabel("Start from").SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await page.GetByLabel("Epochs").FillAsync("12");
        await Assertions.Expect(page.Locator(".editor .cm-merge-a .cm-changedLine")).ToContainTextAsync("10000");
        await Assertions.Expect(page.Locator(".editor .cm-merge-b .cm-changedLine")).ToContainTextAsync("12");
        await Assertions.Expect(page.GetByRole(AriaRole.Cell, new() { Name = "/epochs" })).ToBeVisibleAsync();
        await test.PictureAsync("fork");
        await page.GetByRole(AriaRole.Button, new() { Name = "Fork" }).ClickAsync();
        await Assertions.Expect(page.Locator(".badge")).ToHaveTextAsync("succeeded");
        string fork = page.Url.Split('/')[^1];
        fork.ShouldNotBe(job);
        await test.PictureAsync("job");
        (await browser.Server.Http.GetJsonAsync($"/jobs/{fork}"))["forked_from"].ShouldNotBeNull();

        await test.GoAsync($"/compare?jobs={job},{fork}");
        await page.GetByText("Where they differ").WaitForAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Cell, new() { Name = "/epochs" })).ToBeVisibleAsync();
        await test.PictureAsync("compare");

        await test.GoAsync($"/jobs/{fork}");
        await page.Locator("a[href^='#/checkpoints/']").First.ClickAsync();
        await Trouser.DrawAsync(page);
        await Assertions.Expect(page.Locator(".answer li").First).ToContainTextAsync("Trouser");
        test.ShouldHaveNoComplaints();
    }

    [BrowserFact]
    public async Task What_is_wrong_is_shown_beside_its_line_while_one_types()
    {
        await using PageUnderTest test = await browser.OpenAsync("/new");
        ILocator editor = test.Page.Locator(".editor .cm-content");
        await editor.WaitForAsync();
        async Task WriteAsync(string text)
        {
            await editor.FocusAsync();
            await test.Page.Keyboard.PressAsync("Control+A");
            await test.Page.Keyboard.InsertTextAsync(text);
        }

        await WriteAsync("{\n  \"dataset\": {\"name\": \"moons\"}, \"loss\": \"mse\",\n  \"model\": {\"type\": \"sequential\", \"layers\": [{\"type\": \"dense\", \"units\": 2}]},\n  \"optimizer\": \"adm\"\n}");
        await Assertions.Expect(test.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("adam");
        await Assertions.Expect(test.Page.Locator(".editor .cm-lintRange-error").Last).ToHaveTextAsync("\"adm\"");
        await Assertions.Expect(test.Page.GetByRole(AriaRole.Button, new() { Name = "Start" })).ToBeDisabledAsync();

        // What may stand there is proposed, with the arguments of the optimizer that was chosen.
        await WriteAsync("{\n  \"optimizer\": {\"type\": \"adam\", }\n}");
        for (int i = 0; i < 3; i++) await test.Page.Keyboard.PressAsync("ArrowLeft");
        await test.Page.Keyboard.PressAsync("Control+Space");
        await Assertions.Expect(test.Page.Locator(".cm-tooltip-autocomplete")).ToContainTextAsync("\"beta_1\"");
        await Assertions.Expect(test.Page.Locator(".cm-tooltip-autocomplete")).Not.ToContainTextAsync("\"momentum\"");
        await WriteAsync("{\"optimizer\": \"ad\"}");
        for (int i = 0; i < 2; i++) await test.Page.Keyboard.PressAsync("ArrowLeft");
        await test.Page.Keyboard.PressAsync("Control+Space");
        await Assertions.Expect(test.Page.Locator(".cm-tooltip-autocomplete")).ToContainTextAsync("\"adamw\"");
        test.ShouldHaveNoComplaintsBut("422");
    }

    [BrowserFact]
    public async Task A_search_for_a_learning_rate_shows_its_curve_and_what_it_suggests()
    {
        string job = await browser.Server.Http.SubmitAsync(JsonNode.Parse("""
            {"name": "finder", "kind": "lr_find", "dataset": {"name": "moons"}, "loss": "sparse_categorical_crossentropy", "optimizer": "sgd",
             "model": {"type": "sequential", "layers": [{"type": "dense", "units": 16, "activation": "relu"}, {"type": "dense", "units": 2, "activation": "softmax"}]}}
            """)!);
        JsonNode done = await browser.Server.Http.WaitForAsync(job, "succeeded");
        await using PageUnderTest test = await browser.OpenAsync($"/jobs/{job}");
        await test.Page.GetByRole(AriaRole.Group, new() { NameRegex = new("^loss over the learning rate") }).WaitForAsync();
        string suggested = done["summary"]!["lr_find"]!["suggestions"]!["learning_rate"]!.GetValue<double>().ToString(CultureInfo.InvariantCulture);
        await Assertions.Expect(test.Page.Locator("section", new() { HasText = "Search for a learning rate" }).GetByText($"Suggested: {suggested}")).ToBeVisibleAsync();
        await test.PictureAsync("finder");
        test.ShouldHaveNoComplaints();
    }

    [BrowserFact]
    public async Task Thousands_of_jobs_are_listed_without_drawing_them_all()
    {
        string name = $"many-{Guid.NewGuid():N}";
        JsonNode spec = JsonNode.Parse($$"""{"name": "{{name}}", "dataset": {"name": "moons"}, "model": {"type": "sequential", "layers": [{"type": "dense", "units": 2, "activation": "softmax"}]}, "loss": "sparse_categorical_crossentropy", "epochs": 1}""")!;
        for (int i = 0; i < 60; i++) await browser.Server.Http.SubmitAsync(spec);
        await using PageUnderTest test = await browser.OpenAsync("/jobs", height: 600);
        await test.Page.GetByLabel("Name").FillAsync(name);
        await Assertions.Expect(test.Page.Locator("table.jobs")).ToHaveAttributeAsync("aria-rowcount", "60");
        int drawn = await test.Page.Locator("table.jobs tbody tr").CountAsync();
        drawn.ShouldBeInRange(5, 45);
        await test.Page.Locator(".table-box").EvaluateAsync("e => e.scrollTop = e.scrollHeight");
        await Assertions.Expect(test.Page.Locator("table.jobs tbody tr").Last).ToContainTextAsync(name[..20].ToString(CultureInfo.InvariantCulture));
        await test.PictureAsync("jobs");
        test.ShouldHaveNoComplaints();
    }
}
