using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Regularizers;

/// <summary>The penalties on a network's weights together: part of its loss in validation as in training.</summary>
public static class WeightPenalties
{
    /// <summary>The sum over every weight that has a regularizer and is not frozen.</summary>
    public static unsafe double Of(NetworkState state)
    {
        double sum = 0;
        foreach (Parameter p in state.Parameters)
            if (p is { Trainable: true, Spec.Regularizer: { } regularizer })
                sum += regularizer is WholeRegularizer whole ? OfWhole(whole, p) : regularizer.Penalty(new ReadOnlySpan<float>(p.Values, checked((int)p.Length)));
        return sum;
    }

    private static double OfWhole(WholeRegularizer regularizer, Parameter p)
    {
        float[] values = new float[p.Shape.Size];
        p.Read(values);
        return regularizer.PenaltyAndGradient(values, p.Shape, new double[regularizer.ScratchLength(p.Shape)], []);
    }
}
