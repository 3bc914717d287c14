using Microsoft.AspNetCore.SignalR;

namespace TrainService.Api.Streaming;

/// <summary>Logs what failed in the service; what a client got wrong is only told to the client.</summary>
internal sealed class HubFailures(ILogger<HubFailures> log) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        try
        {
            return await next(invocationContext);
        }
        catch (Exception e) when (e is not (HubException or OperationCanceledException))
        {
            StreamingLog.CallFailed(log, e, invocationContext.HubMethodName);
            throw;
        }
    }
}
