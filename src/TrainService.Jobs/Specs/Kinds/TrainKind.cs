namespace TrainService.Jobs.Specs.Kinds;

internal static class TrainKind
{
    public static JobKindSpec Spec { get; } = new(JobArguments.TrainKind, "train a network.");
}
