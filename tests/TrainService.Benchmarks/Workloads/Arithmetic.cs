using TrainService.NeuralNet.Graph;

namespace TrainService.Benchmarks.Workloads;

/// <summary>FLOPs of a sample: of the layers that have a kernel, two for a multiply-add. What else a network does hardly counts beside them.</summary>
internal static class Arithmetic
{
    public static double OfInference(Network network) => network.Layers.Where(HasKernel).Sum(l => (double)l.Flops);

    /// <summary>A layer's weight gradient takes as much as its forward pass, and so does its input gradient, which it needs if something below it is learned.</summary>
    public static double OfTraining(Network network)
    {
        bool[] learnsBelow = new bool[network.Layers.Count];
        double flops = 0;
        foreach (NetworkLayer layer in network.Layers)
        {
            bool below = layer.Inputs.Any(i => i >= 0 && learnsBelow[i]), learns = layer.TrainableParameterCount > 0;
            learnsBelow[layer.Index] = below || learns;
            if (HasKernel(layer)) flops += (double)layer.Flops * (1 + (learns ? 1 : 0) + (below ? 1 : 0));
        }

        return flops;
    }

    private static bool HasKernel(NetworkLayer layer) => layer.Parameters.Any(p => p.Name.EndsWith("kernel", StringComparison.Ordinal));
}
