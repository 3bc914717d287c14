using Microsoft.AspNetCore.Http.HttpResults;
using TrainService.Api.Http;
using TrainService.Api.Keys;
using TrainService.Api.OpenApi;
using TrainService.Api.Problems;
using TrainService.Contracts.Schedules;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Schedules;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Compilation;

namespace TrainService.Api.Endpoints;

/// <summary>Looking at a schedule before training with it.</summary>
internal static class ScheduleEndpoints
{
    private static readonly ArgumentSpec[] Members =
    [
        Arg.Component("schedule", "schedule", "The schedule to look at.", required: true),
        Arg.Number("learning_rate", "The optimizer's rate, where schedules without an own start rate begin.", 0.01, min: 0, minExclusive: true, max: 1e6),
        Arg.Integer("steps_per_epoch", "Updates in an epoch.", 100, min: 1, max: 100_000_000),
        Arg.Integer("epochs", "Epochs in all.", 10, min: 1, max: 10_000),
        Arg.Integer("max_points", "At most so many points, evenly spaced.", 200, min: 2, max: 10_000),
    ];

    public static void MapSchedules(this IEndpointRouteBuilder routes)
        => routes.MapPost("/schedules/preview", Preview).WithTags("catalog").WithName("preview_schedule").Takes(KeyScope.Read).TakesJson(BodySchemas.SchedulePreview)
            .WithProblems(400, 413, 415, 422).WithSummary("The curve of a learning-rate schedule");

    internal static async Task<Results<Ok<SchedulePreviewResource>, Problem>> Preview(HttpRequest request, CancellationToken ct)
    {
        using JsonBody body = await JsonBody.ReadAsync(request, ct);
        var errors = new SpecErrors();
        Arguments asked = new SpecReader(JobVocabulary.All, errors).ReadObject(body.Root, Members, "");
        foreach (string open in AutoRates.In(asked))
            errors.Add($"/{open.Replace('.', '/')}", "conflict", "Only a job has a rate chosen for it; here, give a number.", "auto");
        if (errors.Any)
            return ProblemOf.InvalidSpec(errors.All, "preview");
        var schedule = asked.Component<Schedule>("schedule");
        long stepsPerEpoch = asked.Long("steps_per_epoch"), total = stepsPerEpoch * asked.Long("epochs");
        var context = new ScheduleContext(asked.Number("learning_rate"), stepsPerEpoch, total);
        int count = (int)Math.Min(total, asked.Long("max_points"));
        var points = new List<SchedulePointResource>(count);
        for (int i = 0; i < count; i++)
        {
            long step = count == 1 ? 0 : (long)((Int128)i * (total - 1) / (count - 1));
            float rate = schedule.RateAt(step, context);
            if (!float.IsFinite(rate))
                return ProblemOf.InvalidSpec([new SpecError("/schedule", "conflict", $"At step {step} the rate is not a finite number.")], "preview");
            points.Add(new(step, (double)step / stepsPerEpoch, rate, schedule.MomentumAt(step, context)));
        }

        return TypedResults.Ok(new SchedulePreviewResource(points, schedule.Plateau is null ? null : "The rate falls when training stops getting better; the curve shows it as long as it does."));
    }
}
