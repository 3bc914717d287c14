using System.Numerics;
using TrainService.Specification;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>Mean of ln cosh(p - t) over the row: about e²/2 when small, |e| - ln 2 when large.</summary>
public readonly struct LogCosh : IPointwiseLoss
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("log_cosh", _ => new PointwiseLoss<LogCosh>(default))
    {
        KerasName = "LogCosh",
        Aliases = ["logcosh"],
        Summary = "Mean of the logarithm of the hyperbolic cosine of the errors.",
        Advice = "Much like huber, with smooth derivatives.",
        Source = "ln cosh x = |x| + ln(1 + e^(-2|x|)) - ln 2",
    };

    public Vector<double> Value(Vector<double> p, Vector<double> t)
    {
        Vector<double> e = Vector.Abs(p - t);
        return e + Vector.Log(One + Vector.Exp(Of(-2) * e)) - Of(0.69314718055994531);
    }

    public Vector<double> Slope(Vector<double> p, Vector<double> t)
    {
        Vector<double> e = p - t, decay = Vector.Exp(Of(-2) * Vector.Abs(e));
        return Vector.CopySign((One - decay) / (One + decay), e);
    }
}
