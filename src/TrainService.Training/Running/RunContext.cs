using TrainService.Jobs.Ports;
using TrainService.Tensors.Threading;

namespace TrainService.Training.Running;

/// <summary>What every run works with, whatever it does.</summary>
/// <param name="Team">Threads that it computes with.</param>
/// <param name="Identity">Its job, its token, and the hash that its resume points carry.</param>
/// <param name="MaxRuntimeSeconds">Null: no limit.</param>
/// <param name="RestAfter">Epochs after which it saves its state and rests; null: none.</param>
internal sealed record RunContext(ComputeTeam Team, RunIdentity Identity, RunReporter Reporter, RunWatch Watch, ICheckpointStore Checkpoints, RunClock Clock, TimeProvider Time,
    double? MaxRuntimeSeconds, int? RestAfter = null);
