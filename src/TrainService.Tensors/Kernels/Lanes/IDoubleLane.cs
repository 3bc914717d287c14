namespace TrainService.Tensors.Kernels.Lanes;

/// <summary>What sums in double need of a vector.</summary>
/// <typeparam name="D">The register: a vector of doubles.</typeparam>
internal unsafe interface IDoubleLane<D> where D : unmanaged
{
    static abstract int Width { get; }

    /// <summary>The next floats, widened.</summary>
    static abstract D Load(float* source);

    static abstract D Add(D a, D b);

    static abstract D Multiply(D a, D b);

    static abstract void Store(D value, double* destination);
}
