namespace TrainService.Tensors.Kernels.Updates;

/// <summary>
/// Some rows of weights in panels, and their slots, which are laid out alike: element (r, 16·q + j) lies at q · panel + 16 · r + j of each.
/// </summary>
/// <param name="weights">The first weight.</param>
/// <param name="slot0">Its slots, as many as the rule has; null for the others.</param>
/// <param name="slot1">See <paramref name="slot0"/>.</param>
/// <param name="slot2">See <paramref name="slot0"/>.</param>
/// <param name="panel">Floats from a panel to the next.</param>
internal readonly unsafe struct UpdateTarget(float* weights, float* slot0, float* slot1, float* slot2, nint panel)
{
    public float* Weights => weights;

    public nint Panel => panel;

    /// <summary>Floats from a weight to its slot of this number.</summary>
    public nint Way(int slot) => (nint)((slot == 0 ? slot0 : slot == 1 ? slot1 : slot2) - weights);
}
