namespace TrainService.Tensors.Kernels.Lanes;

/// <summary>What Philox needs of a vector of 32-bit words.</summary>
/// <typeparam name="U">The register: a vector of words, or one word.</typeparam>
internal unsafe interface IWordLane<U> where U : unmanaged
{
    static abstract int Width { get; }

    static abstract U Create(uint word);

    /// <summary>0, 1, 2, …</summary>
    static abstract U Sequence { get; }

    static abstract U Add(U a, U b);

    static abstract U Xor(U a, U b);

    /// <summary>Both halves of the 64-bit products.</summary>
    static abstract U MultiplyWide(U a, U b, out U high);

    /// <summary>y = words ≥ threshold ? x · scale : 0.</summary>
    static abstract void Keep(U words, U threshold, float scale, float* x, float* y);
}
