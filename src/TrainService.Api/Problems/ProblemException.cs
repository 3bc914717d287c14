namespace TrainService.Api.Problems;

/// <summary>Carries a problem out of a place that cannot return a result, such as a body reader.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Resource.Detail)
{
    public Problem Problem { get; } = problem;
}
