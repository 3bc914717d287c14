using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using TrainService.Contracts.Checkpoints;
using TrainService.Contracts.Events;
using TrainService.Contracts.Jobs;
using TrainService.Contracts.Problems;

namespace TrainService.Contracts.Tests;

/// <summary>What clients rely on: names in snake_case, members in their order, nothing lost on the way.</summary>
public partial class WireTests
{
    private static readonly JsonSerializerOptions Wire = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private static readonly JobSummary Summary = new()
    {
        Id = "job_1", Kind = "train", Status = "running", Terminal = false, Labels = new Dictionary<string, string> { ["Team A"] = "x" }, Priority = 0,
        CreatedAt = Noon, QueuedAt = Noon, Attempt = 1, Progress = new(2, 10, 5, 100, 0.2, 1000, 3.5, Noon), Version = 7,
        Links = new("/jobs/job_1", "/jobs/job_1/events", "/jobs/job_1/metrics", "/jobs/job_1/checkpoints"),
    };

    public static TheoryData<Type> Records => [.. typeof(JobResource).Assembly.GetExportedTypes().Where(t => t.IsClass)];

    [Fact]
    public void The_library_leans_on_nothing_but_the_base_library()
        => typeof(JobResource).Assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(n => !n.StartsWith("System.", StringComparison.Ordinal)).ShouldBeEmpty();

    [Theory, MemberData(nameof(Records))]
    public void Every_member_is_snake_case_on_the_wire(Type record)
    {
        foreach (PropertyInfo member in record.GetProperties().Where(p => p.GetMethod!.IsPublic && p.DeclaringType != typeof(object)))
            SnakeCase().IsMatch(JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name)).ShouldBeTrue(member.Name);
    }

    [Fact]
    public void A_job_begins_with_its_id_and_ends_with_its_links()
    {
        string[] members = [.. JsonSerializer.SerializeToElement(Job(), Wire).EnumerateObject().Select(p => p.Name)];
        members[0].ShouldBe("id");
        members[3].ShouldBe("status");
        members[4].ShouldBe("terminal");
        members[^1].ShouldBe("links");
        members.ShouldBeSubsetOf(["id", "name", "kind", "status", "terminal", "phase", "labels", "priority", "created_at", "queued_at", "started_at", "finished_at",
            "attempt", "queue", "progress", "latest", "best", "spec", "resolved", "summary", "warnings", "reason", "error", "version", "parent", "waiting_for",
            "from_checkpoint", "chain", "sweep", "trial", "forked_from", "links"]);
    }

    [Fact]
    public void A_job_takes_over_all_that_a_list_says_of_it()
    {
        JsonElement job = JsonSerializer.SerializeToElement(Job(), Wire);
        foreach (JsonProperty member in JsonSerializer.SerializeToElement(Summary, Wire).EnumerateObject())
            job.GetProperty(member.Name).GetRawText().ShouldBe(member.Value.GetRawText());
        job.GetProperty("labels").GetProperty("Team A").GetString().ShouldBe("x");
        job.GetProperty("progress").GetProperty("samples_per_second").GetDouble().ShouldBe(1000);
    }

    [Fact]
    public void An_event_reads_back_as_it_was_written()
    {
        var written = new JobEventResource(3, Noon, "epoch", JsonElement.Parse("""{"epoch": 1, "val_loss": 0.5}"""));
        JobEventResource read = JsonSerializer.Deserialize<JobEventResource>(JsonSerializer.Serialize(written, Wire), Wire)!;
        read.ShouldSatisfyAllConditions(() => read.Seq.ShouldBe(3), () => read.At.ShouldBe(Noon), () => read.Type.ShouldBe("epoch"),
            () => read.Data.GetProperty("val_loss").GetDouble().ShouldBe(0.5));
    }

    [Fact]
    public void A_problem_shows_only_the_lists_that_it_has()
    {
        var problem = new ProblemResource { Type = "urn:x", Title = "t", Status = 422, Errors = [new("/epochs", "out_of_range", "Expected 1.", 0)] };
        JsonSerializer.Serialize(problem, Wire).ShouldBe(
            """{"type":"urn:x","title":"t","status":422,"detail":null,"instance":null,"errors":[{"pointer":"/epochs","code":"out_of_range","detail":"Expected 1.","got":0}]}""");
    }

    [Fact]
    public void A_prediction_without_samples_has_no_mean()
        => JsonSerializer.Serialize(new PredictResource([[0.25f, 0.75f]], [[new("b", 1, 0.75)]]), Wire)
            .ShouldBe("""{"outputs":[[0.25,0.75]],"classes":[[{"name":"b","index":1,"probability":0.75}]]}""");

    private static JobResource Job()
    {
        JsonElement empty = JsonElement.Parse("{}");
        return new JobResource(Summary) { Spec = empty, Resolved = empty, Summary = empty, Warnings = JsonElement.Parse("[]") };
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    private static partial Regex SnakeCase();
}
