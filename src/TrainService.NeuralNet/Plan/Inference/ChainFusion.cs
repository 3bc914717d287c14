namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>Puts the 1x1 convolutions before and behind a depthwise one into its step, where their images are seen by nobody else.</summary>
internal static class ChainFusion
{
    public static IReadOnlyList<PlanStep> Apply(IReadOnlyList<PlanStep> steps)
    {
        Dictionary<PlanBuffer, List<PlanStep>> readers = [], writers = [];
        foreach (PlanStep step in steps)
        {
            foreach (Touch read in step.Reads) Of(readers, read.Buffer).Add(step);
            foreach (Touch write in step.Writes) Of(writers, write.Buffer).Add(step);
        }

        List<PlanStep> fused = [.. steps];
        // A convolution between two depthwise ones goes to the first.
        HashSet<PlanStep> taken = [];
        foreach (EndedDepthwiseStep depthwise in steps.OfType<EndedDepthwiseStep>())
        {
            EndedConvolutionStep? expand = IsOwn(depthwise.Source) && writers[depthwise.Source] is [EndedConvolutionStep { Plain: not null, Ending.Residual: null } before]
                && taken.Add(before) ? before : null;
            EndedConvolutionStep? project = IsOwn(depthwise.Target) && readers[depthwise.Target] is [EndedConvolutionStep { Plain: not null } behind]
                && behind.Source == depthwise.Target && behind.Ending.Residual != depthwise.Target && taken.Add(behind) ? behind : null;
            depthwise.Absorb(expand, project);
            if (expand is not null) fused.Remove(expand);
            if (project is null) continue;
            // In the projection's place: by then its shortcut is there.
            fused.Remove(depthwise);
            fused[fused.IndexOf(project)] = depthwise;
        }

        return fused;

        bool IsOwn(PlanBuffer buffer) => !buffer.Kept && Of(readers, buffer).Count == 1 && Of(writers, buffer).Count == 1;
    }

    private static List<PlanStep> Of(Dictionary<PlanBuffer, List<PlanStep>> map, PlanBuffer buffer)
    {
        if (!map.TryGetValue(buffer, out List<PlanStep>? list)) map[buffer] = list = [];
        return list;
    }
}
