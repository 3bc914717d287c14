using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using TrainService.Api.Http;
using TrainService.Jobs;

namespace TrainService.Api.Streaming;

/// <summary>Events as <c>text/event-stream</c> (WHATWG HTML, 9.2): an id, an event and a data line, and an empty one.</summary>
internal static class EventFrames
{
    /// <summary>Those who follow the same job share its pages: each is written out once, and forgotten with the page.</summary>
    private static readonly ConditionalWeakTable<IReadOnlyList<JobEvent>, byte[]> Pages = [];

    /// <summary>A comment: nothing has happened, and somebody is still here.</summary>
    public static ReadOnlyMemory<byte> Alive { get; } = ": alive\n\n"u8.ToArray();

    public static ReadOnlyMemory<byte> Of(IReadOnlyList<JobEvent> page) => Pages.GetValue(page, static p => Write(p));

    /// <summary>Those of a page that are numbered above <paramref name="seen"/>.</summary>
    public static ReadOnlyMemory<byte> Of(IReadOnlyList<JobEvent> page, long seen) => page[0].Seq > seen ? Of(page) : Write(page.Where(e => e.Seq > seen));

    private static byte[] Write(IEnumerable<JobEvent> events)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (JobEvent e in events)
        {
            // Serialized anew, so that no line break of the stored text can end the data line.
            string data = JsonSerializer.Serialize(e.ToResource(), ApiJson.Default.JobEventResource);
            Encoding.UTF8.GetBytes($"id: {e.Seq}\nevent: {e.Type}\ndata: {data}\n\n", bytes);
        }

        return bytes.WrittenSpan.ToArray();
    }
}
