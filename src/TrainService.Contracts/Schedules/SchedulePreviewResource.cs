using System.Text.Json.Serialization;

namespace TrainService.Contracts.Schedules;

/// <summary>The curve of a schedule, without running anything.</summary>
/// <param name="Points">In order; the first and the last step are among them.</param>
/// <param name="Note">What the curve cannot show: that the schedule follows what training does.</param>
public sealed record SchedulePreviewResource(IReadOnlyList<SchedulePointResource> Points,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note = null);

/// <param name="Step">Updates done before this one, from 0.</param>
/// <param name="Epoch">Epochs done, as a fraction.</param>
/// <param name="Momentum">For schedules that set it too.</param>
public sealed record SchedulePointResource(long Step, double Epoch, double LearningRate,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Momentum = null);
