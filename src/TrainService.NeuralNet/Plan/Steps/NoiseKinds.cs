namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>y = x + deviation · z, z standard normal.</summary>
internal readonly struct AddedNormal(float deviation) : INoise
{
    public void Apply(ReadOnlySpan<float> x, Span<float> y, (uint X0, uint X1, uint X2, uint X3) words)
    {
        Span<float> z = stackalloc float[4];
        NormalPair.Fill(z, words);
        for (int i = 0; i < x.Length; i++) y[i] = x[i] + (deviation * z[i]);
    }
}

/// <summary>y = x · (1 + deviation · z): the gradient is the same function of dy.</summary>
internal readonly struct NormalFactor(float deviation) : INoise
{
    public void Apply(ReadOnlySpan<float> x, Span<float> y, (uint X0, uint X1, uint X2, uint X3) words)
    {
        Span<float> z = stackalloc float[4];
        NormalPair.Fill(z, words);
        for (int i = 0; i < x.Length; i++) y[i] = x[i] * (1 + (deviation * z[i]));
    }
}

/// <summary>y = scale · x + shift where a word is at least <c>threshold</c> (rate · 2³²), else <c>dropped</c>.</summary>
internal readonly struct KeptOrElse(double rate, float scale, float shift, float dropped) : INoise
{
    private readonly ulong _threshold = (ulong)Math.Round(rate * (1UL << 32));

    public void Apply(ReadOnlySpan<float> x, Span<float> y, (uint X0, uint X1, uint X2, uint X3) words)
    {
        ReadOnlySpan<uint> each = [words.X0, words.X1, words.X2, words.X3];
        for (int i = 0; i < x.Length; i++) y[i] = each[i] >= _threshold ? (scale * x[i]) + shift : dropped;
    }
}
