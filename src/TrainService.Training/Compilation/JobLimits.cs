using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Graph;
using TrainService.Specification.Reading;

namespace TrainService.Training.Compilation;

/// <summary>The most that one job may ask for, whoever sends it; 0: what the machine and the format allow. Looked at before queueing.</summary>
public sealed record JobLimits(int MaxEpochs = 0, long MaxParameters = 0, long MaxMemoryBytes = 0)
{
    /// <param name="memory">Bytes at the job's peak, as estimated.</param>
    internal void Check(JobSpec job, Network network, long memory, SpecErrors errors)
    {
        if (MaxEpochs > 0 && job.Epochs > MaxEpochs)
            errors.Add("/epochs", "out_of_range", $"This service takes jobs of up to {MaxEpochs:N0} epochs, got {job.Epochs:N0}.", job.Epochs);
        if (MaxParameters > 0 && network.ParameterCount > MaxParameters)
            errors.Add("/model", "too_large", $"The model has {network.ParameterCount:N0} parameters; this service takes up to {MaxParameters:N0}.", network.ParameterCount);
        long available = MemoryEstimate.Available, most = MaxMemoryBytes > 0 ? Math.Min(MaxMemoryBytes, available) : available;
        if (memory > most)
            errors.Add("/model", "too_large", $"The job would need about {memory >> 20:N0} MiB of memory; {(most < available ? "this service allows" : "this machine has")} {most >> 20:N0} MiB. "
                + "A smaller batch_size or model needs less.", memory);
    }
}
