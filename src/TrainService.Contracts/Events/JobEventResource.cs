using System.Text.Json;

namespace TrainService.Contracts.Events;

/// <summary>One entry of a job's numbered, gapless, durable log. The same on every door.</summary>
/// <param name="Seq">1, 2, 3 … within the job.</param>
/// <param name="Type"><c>status</c>, <c>progress</c>, <c>epoch</c>, <c>checkpoint</c>, <c>warning</c> or <c>log</c>.</param>
/// <param name="Data">What happened; its members depend on the type.</param>
public sealed record JobEventResource(long Seq, DateTimeOffset At, string Type, JsonElement Data);

/// <summary>A page of the log.</summary>
/// <param name="Next">The number to ask on after.</param>
/// <param name="Terminal">True when nothing can follow the last event of this page.</param>
public sealed record JobEventListResource(IReadOnlyList<JobEventResource> Events, long Next, bool Terminal);

/// <summary>A job's epochs, in order.</summary>
/// <param name="Epochs">Each with <c>epoch</c>, every metric, <c>learning_rate</c>, <c>duration_seconds</c> and the other members of its event.</param>
/// <param name="Curve">Of a search for a learning rate: each step with <c>step</c>, <c>learning_rate</c>, <c>loss</c> and <c>smoothed_loss</c>; while it is going on, about one
/// a second. Null when nothing was searched.</param>
/// <param name="Next">Number of the last epoch's event: what to follow the job's events after. 0 when no epoch is over.</param>
public sealed record MetricsResource(IReadOnlyList<JsonElement> Epochs, IReadOnlyList<JsonElement>? Curve = null, long Next = 0);
