namespace TrainService.Contracts.Jobs;

/// <summary>Jobs that were sent together, in the order of the chain.</summary>
public sealed record JobChainResource(IReadOnlyList<JobResource> Jobs);

/// <summary>What would happen if a chain were submitted: each job as if it had been sent alone, after those before it.</summary>
public sealed record ChainValidationResource(IReadOnlyList<ValidationResource> Jobs);
