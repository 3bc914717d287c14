using Microsoft.Extensions.Options;
using TrainService.Api.Hosting;
using TrainService.Api.Problems;

namespace TrainService.Api.Endpoints;

/// <summary>Keeps predictions and evaluations from piling up: beyond the limit they are turned away at once.</summary>
internal sealed class InferenceGate(IOptions<ServiceOptions> options)
{
    private readonly int _limit = options.Value.MaxInferenceRequests;
    private int _inside;

    /// <summary>Throws a 429 when it is full. Dispose what it returns when the work is done.</summary>
    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref _inside) <= _limit)
            return new Visit(this);
        Interlocked.Decrement(ref _inside);
        throw new ProblemException(ProblemOf.TooManyRequests($"{_limit} predictions and evaluations are under way already.", retryAfterSeconds: 1));
    }

    private sealed class Visit(InferenceGate gate) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref gate._inside);
    }
}
