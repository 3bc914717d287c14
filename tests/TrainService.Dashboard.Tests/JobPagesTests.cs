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
    public async Task A_job_from_a_template_is_watched_paused_resumed_and_compared()
    {
        await using PageUnderTest test = await browser.OpenAsync("/new");
        IPage page = test.Page;
        await page.GetByLabel("Template").SelectOptionAsync(new SelectOptionValue { Label = "Moons: a small network on made-up points" });
        await page.GetByText("Parameters", new() { Exact = true }).First.WaitForAsync();
        await page.GetByLabel("Epochs").FillAsync("10000");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Start" })).ToBeEnabledAsync();
        await test.PictureAsync("new-job");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();

        // The curve moves before the job is over.
        ILocator loss = page.GetByRole(AriaRole.Group, new() { NameRegex = new("^loss:") });
        await loss.WaitForAsync();
        string first = (await loss.GetAttributeAsync("aria-label"))!;
        await Wait.UntilAsync(async () => await loss.GetAttributeAsync("aria-label") != first, "the curve moves");
        await Assertions.Expect(page.Locator(".badge")).ToHaveTextAsync("running");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("live");

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Assertions.Expect(page.Locator(".badge")).ToHaveTextAsync("paused");
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Assertions.Expect(page.Locator(".badge")).ToHaveTextAsync("running");
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Assertions.Expect(page.Locator(".badge")).ToHaveTextAsync("stopped");
        await test.PictureAsync("job");

        // Fork it from its checkpoint with another rate.
        string job = page.Url.Split('/')[^1];
        await page.GetByRole(AriaRole.Link, new() { Name = "Fork or change" }).ClickAsync();
        await page.GetByLabel("Start from").SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await page.GetByLabel("Epochs").FillAsync("3");
        await page.GetByText("What is changed").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Fork" }).ClickAsync();
        await Assertions.Expect(page.Locator(".badge")).ToHaveTextAsync("succeeded");
        string fork = page.Url.Split('/')[^1];
        fork.ShouldNotBe(job);
        (await browser.Server.Http.GetJsonAsync($"/jobs/{fork}"))["forked_from"].ShouldNotBeNull();

        await test.GoAsync($"/compare?jobs={job},{fork}");
        await page.GetByText("Where they differ").WaitForAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Cell, new() { Name = "/epochs" })).ToBeVisibleAsync();
        await test.PictureAsync("compare");
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
