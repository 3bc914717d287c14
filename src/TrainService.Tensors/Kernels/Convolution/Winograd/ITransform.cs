using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Convolution.Winograd;

/// <summary>One axis of a transform: numbers that stand in a line become other numbers.</summary>
internal unsafe interface ITransform
{
    /// <summary>Numbers that go in.</summary>
    static abstract int From { get; }

    /// <summary>Numbers that come out.</summary>
    static abstract int To { get; }

    static abstract void Line<L, V>(float* source, nint step, float* target, nint targetStep)
        where L : struct, ILane<V>
        where V : unmanaged;
}
