namespace TrainService.NeuralNet.Plan;

/// <summary>Steps that run one after the other on each block: a block goes through all of them while its data lies in cache.</summary>
internal sealed class Lane(Domains domain, int panels)
{
    public Domains Domain { get; } = domain;

    /// <summary>Panels, when cut by columns: only steps of equal width may join.</summary>
    public int Panels { get; } = panels;

    public List<PlanStep> Steps { get; } = [];
}

/// <summary>Lanes that do not depend on each other; the phase ends with a barrier.</summary>
internal sealed class PhaseDraft
{
    public List<Lane> Lanes { get; } = [];
}
