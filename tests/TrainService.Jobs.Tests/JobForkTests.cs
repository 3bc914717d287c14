using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Jobs.Tests.Support;

namespace TrainService.Jobs.Tests;

public sealed class JobForkTests
{
    private static readonly JobRecord Origin = Some.Job() with
    {
        SpecJson = """{"model": {"type": "sequential", "layers": []}, "optimizer": "adam", "schedule": {"type": "step"}, "epochs": 3}""",
        ResolvedJson = """{"seed": 77}""",
    };

    [Fact]
    public void The_model_becomes_the_checkpoint_and_the_drawn_seed_stays()
        => Spec("{}").ToJsonString().ShouldBe("""{"model":{"from_checkpoint":"ckpt_1"},"optimizer":"adam","schedule":{"type":"step"},"epochs":3,"seed":77}""");

    [Fact]
    public void A_patch_may_cut_the_model_name_a_seed_and_remove_a_member()
    {
        JsonNode spec = Spec("""{"model": {"drop_last": 1, "freeze": "all"}, "seed": 5, "schedule": null}""");

        spec["model"]!.ToJsonString().ShouldBe("""{"from_checkpoint":"ckpt_1","drop_last":1,"freeze":"all"}""");
        spec["seed"]!.GetValue<int>().ShouldBe(5);
        spec.AsObject().ContainsKey("schedule").ShouldBeFalse();
    }

    [Fact]
    public void A_bare_name_can_be_given_arguments_and_can_be_replaced()
    {
        Spec("""{"optimizer": {"learning_rate": 0.1}}""")["optimizer"]!.ToJsonString().ShouldBe("""{"type":"adam","learning_rate":0.1}""");
        Spec("""{"optimizer": "sgd"}""")["optimizer"]!.ToJsonString().ShouldBe("\"sgd\"");
    }

    private static JsonNode Spec(string patch)
        => JsonNode.Parse(JobFork.SpecOf(Origin, "ckpt_1", JsonSerializer.Deserialize<JsonElement>(patch)).GetRawText())!;
}
