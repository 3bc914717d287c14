using TrainService.NeuralNet.Activations;
using TrainService.NeuralNet.Losses;

namespace TrainService.NeuralNet.Explaining;

/// <summary>What makes probabilities of a network's last numbers.</summary>
public enum ScoreLink
{
    /// <summary>Nothing: they are what they are.</summary>
    None,

    /// <summary>Softmax along the last axis.</summary>
    Softmax,

    /// <summary>A sigmoid of each.</summary>
    Sigmoid,
}

/// <summary>
/// One output of a network in the place of a loss, so that a training step's backward pass gives its gradient: the number before the last softmax or
/// sigmoid (the score), or the probability that it makes of it. A target is the output's number and a sign: -1 for the other of two classes that
/// one output tells (-score, 1 - probability).
/// </summary>
/// <param name="link">What makes probabilities of what is looked at; taken from the network's last activation when that can be left out.</param>
/// <param name="probability">The probability, not the score.</param>
/// <param name="axis">Numbers along the last axis of the output.</param>
internal sealed class OutputScore(ScoreLink link, bool probability, int axis) : Loss
{
    /// <inheritdoc/>
    public override int TargetLength(int outputLength) => 2;

    /// <inheritdoc/>
    public override Loss? FuseWith(Activation last) => last switch
    {
        Softmax or LogSoftmax => new OutputScore(ScoreLink.Softmax, probability, axis),
        { IsSigmoid: true } => new OutputScore(ScoreLink.Sigmoid, probability, axis),
        _ => null,
    };

    /// <inheritdoc/>
    public override double Value(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target) => Score(prediction, target, [], 0);

    /// <inheritdoc/>
    public override double ValueAndGradient(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, float scale)
    {
        gradient.Clear();
        return Score(prediction, target, gradient, scale);
    }

    private double Score(ReadOnlySpan<float> outputs, ReadOnlySpan<float> target, Span<float> gradient, double scale)
    {
        int output = (int)target[0];
        double sign = target[1], z = outputs[output];
        scale *= sign;
        if (!probability || link == ScoreLink.None)
        {
            if (!gradient.IsEmpty) gradient[output] = (float)scale;
            return sign < 0 && probability ? 1 - z : sign * z;
        }

        double p;
        if (link == ScoreLink.Sigmoid)
        {
            p = 1 / (1 + Math.Exp(-z));
            if (!gradient.IsEmpty) gradient[output] = (float)(scale * p * (1 - p));
        }
        else
        {
            int first = output / axis * axis;
            ReadOnlySpan<float> group = outputs.Slice(first, axis);
            double most = double.NegativeInfinity, sum = 0;
            foreach (float v in group) most = Math.Max(most, v);
            foreach (float v in group) sum += Math.Exp(v - most);
            p = Math.Exp(z - most) / sum;
            for (int i = 0; i < axis && !gradient.IsEmpty; i++)
                gradient[first + i] = (float)(scale * p * ((first + i == output ? 1 : 0) - (Math.Exp(group[i] - most) / sum)));
        }

        return sign < 0 ? 1 - p : p;
    }
}
