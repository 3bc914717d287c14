namespace TrainService.Training.Export;

/// <summary>A job, as far as a script of it goes.</summary>
/// <param name="ResolvedJson">With every default filled in.</param>
/// <param name="StepsPerEpoch">Null when it never ran.</param>
internal sealed record JobRecordText(string ResolvedJson, int? StepsPerEpoch);
