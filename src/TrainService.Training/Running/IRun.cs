using TrainService.Formats;
using TrainService.Jobs;
using TrainService.NeuralNet.Graph;
using TrainService.Training.Reuse;

namespace TrainService.Training.Running;

/// <summary>A piece of work on a network that can be interrupted and taken up again: training, or the search for a learning rate.</summary>
internal interface IRun : IDisposable
{
    Network Network { get; }

    JobProgress Progress { get; }

    /// <summary>The phase going on, from 0.</summary>
    int Phase { get; }

    /// <summary>Lays the weights of other layers' training over the start values that were drawn.</summary>
    /// <returns>What was taken.</returns>
    WeightReport StartFrom(IReadOnlyList<NamedArray> arrays);

    /// <summary>Fits the layers that learn from the training rows once, before training; not those whose weights came from elsewhere.</summary>
    /// <returns>Names of the layers that were fitted.</returns>
    IReadOnlyList<string> FitLayers(IReadOnlyCollection<string> loaded);

    /// <summary>Takes up a run where it was left.</summary>
    void Restore(ResumeState saved, IReadOnlyDictionary<string, NamedArray> tensors);

    /// <summary>Works until the end or an interruption. May be called again after <see cref="RunEndKind.Paused"/>.</summary>
    RunEnd Run();
}
