using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TrainService.NeuralNet.Activations;

/// <summary>
/// An activation made of its <see cref="IElementwise"/> mathematics. The end of a span that fills no vector goes through a padded vector
/// and the same instructions, so that an element's result never depends on where it stands.
/// </summary>
public sealed class ElementwiseActivation<TKernel>(TKernel kernel) : Activation
    where TKernel : struct, IElementwise
{
    public TKernel Kernel => kernel;

    /// <inheritdoc/>
    public override bool NeedsInput => TKernel.NeedsInput;

    /// <inheritdoc/>
    public override (float Low, float High)? Bounds => TKernel.Bounds;

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, int rowLength)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Length);
        TKernel f = kernel;
        int width = Vector<float>.Count, i = 0;
        ref float source = ref MemoryMarshal.GetReference(x);
        ref float target = ref MemoryMarshal.GetReference(y);
        for (; i <= x.Length - width; i += width)
            f.Forward(Vector.LoadUnsafe(ref source, (nuint)i)).StoreUnsafe(ref target, (nuint)i);
        if (i < x.Length)
            Ends.Store(f.Forward(Ends.Load(x[i..])), y[i..]);
    }

    /// <inheritdoc/>
    public override void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int rowLength)
    {
        ReadOnlySpan<float> saved = TKernel.NeedsInput ? x : y;
        ArgumentOutOfRangeException.ThrowIfNotEqual(saved.Length, dx.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(dy.Length, dx.Length);
        TKernel f = kernel;
        int width = Vector<float>.Count, i = 0;
        ref float kept = ref MemoryMarshal.GetReference(saved);
        ref float upper = ref MemoryMarshal.GetReference(dy);
        ref float target = ref MemoryMarshal.GetReference(dx);
        for (; i <= dx.Length - width; i += width)
            f.Backward(Vector.LoadUnsafe(ref kept, (nuint)i), Vector.LoadUnsafe(ref upper, (nuint)i)).StoreUnsafe(ref target, (nuint)i);
        if (i < dx.Length)
            Ends.Store(f.Backward(Ends.Load(saved[i..]), Ends.Load(dy[i..])), dx[i..]);
    }
}

/// <summary>The end of a span, shorter than a vector, as a vector.</summary>
internal static class Ends
{
    [SkipLocalsInit]
    internal static Vector<float> Load(ReadOnlySpan<float> end, float padding = 0f)
    {
        Span<float> whole = stackalloc float[Vector<float>.Count];
        whole.Fill(padding);
        end.CopyTo(whole);
        return new Vector<float>(whole);
    }

    [SkipLocalsInit]
    internal static void Store(Vector<float> value, Span<float> end)
    {
        Span<float> whole = stackalloc float[Vector<float>.Count];
        value.CopyTo(whole);
        whole[..end.Length].CopyTo(end);
    }
}
