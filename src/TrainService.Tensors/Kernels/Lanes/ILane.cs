namespace TrainService.Tensors.Kernels.Lanes;

/// <summary>
/// Arithmetic on <see cref="Width"/> floats at once: what a kernel is written against, so that one source serves every vector width and the scalar
/// reference. Every operation is the IEEE one, rounded once, so that a kernel gives the same bits on each.
/// </summary>
/// <typeparam name="V">The register: a vector, or a float. A mask is a register too: all bits of an element set or none.</typeparam>
internal unsafe interface ILane<V> where V : unmanaged
{
    static abstract int Width { get; }

    static abstract V Load(float* source);

    /// <summary>The bytes at <paramref name="source"/> as floats.</summary>
    static abstract V LoadBytes(byte* source);

    static abstract void Store(V value, float* destination);

    /// <summary>The float at <paramref name="source"/> in every element.</summary>
    static abstract V Broadcast(float* source);

    static abstract V Create(float value);

    static abstract V CreateBits(int value);

    static abstract V Add(V a, V b);

    static abstract V Subtract(V a, V b);

    static abstract V Multiply(V a, V b);

    static abstract V Divide(V a, V b);

    static abstract V Sqrt(V a);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>Mask of a &lt; b; false where either is NaN.</summary>
    static abstract V Less(V a, V b);

    /// <summary>Where the mask is set <paramref name="yes"/>, else <paramref name="no"/>.</summary>
    static abstract V Select(V mask, V yes, V no);

    static abstract V And(V a, V b);

    static abstract V Or(V a, V b);

    /// <summary>a + b of the bits as integers.</summary>
    static abstract V AddBits(V a, V b);

    /// <summary>a - b of the bits as integers.</summary>
    static abstract V SubtractBits(V a, V b);

    static abstract V ShiftBitsLeft(V a, int count);

    /// <summary>The sign is copied into the bits that become free.</summary>
    static abstract V ShiftBitsRight(V a, int count);

    /// <summary>The bits as an integer, as a float.</summary>
    static abstract V IntegerToFloat(V bits);
}
