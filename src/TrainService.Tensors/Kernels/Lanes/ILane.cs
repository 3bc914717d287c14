namespace TrainService.Tensors.Kernels.Lanes;

/// <summary>
/// Arithmetic on <see cref="Width"/> floats at once: what a kernel is written against, so that one source serves every vector width and the scalar
/// reference. Every operation is the IEEE one, rounded once, so that a kernel gives the same bits on each.
/// </summary>
/// <typeparam name="V">The register: a vector, or a float.</typeparam>
internal unsafe interface ILane<V> where V : unmanaged
{
    static abstract int Width { get; }

    static abstract V Load(float* source);

    static abstract void Store(V value, float* destination);

    /// <summary>The float at <paramref name="source"/> in every element.</summary>
    static abstract V Broadcast(float* source);

    static abstract V Create(float value);

    static abstract V Add(V a, V b);

    static abstract V Subtract(V a, V b);

    static abstract V Multiply(V a, V b);

    static abstract V Divide(V a, V b);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);
}
