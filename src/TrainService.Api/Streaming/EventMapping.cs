using TrainService.Api.Http;
using TrainService.Contracts.Events;
using TrainService.Jobs;

namespace TrainService.Api.Streaming;

/// <summary>An event has one form, whichever door it leaves by.</summary>
internal static class EventMapping
{
    public static JobEventResource ToResource(this JobEvent e) => new(e.Seq, e.At, e.Type, RawJson.Element(e.DataJson));
}
