using System.IO.Pipelines;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using TrainService.Api.Hosting;
using TrainService.Api.Streaming;
using TrainService.Jobs;
using TrainService.Jobs.Tests.Support;

namespace TrainService.Api.Tests.Streaming;

/// <summary>Who follows a job live shares one reading of its log, and is neither held up nor overtaken by the others.</summary>
public sealed partial class BroadcastTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly MemoryJobStore _store = new();
    private readonly InProcessDoorbell _bell = new();
    private readonly EventStream _stream;
    private readonly Broadcasts _broadcasts;

    public BroadcastTests()
    {
        _stream = new EventStream(_store, _bell);
        _broadcasts = new Broadcasts(_stream, Options.Create(new ServiceOptions { HeartbeatSeconds = 0.05 }));
    }

    [Fact]
    public async Task Whoever_comes_whenever_gets_every_event_once_and_in_order()
    {
        JobRecord run = await _store.RunningAsync();
        List<Client> clients = [];
        for (int i = 0; i < 300; i++)
        {
            if (i % 3 == 0)
                clients.Add(Client.Follow(_stream, _broadcasts, run.Id, after: i % 2 == 0 ? 0 : 1));
            await ReportAsync(run, 1 + (i % 3));
            await Task.Yield();
        }

        await EndAsync(run);
        long last = (await _store.FindAsync(run.Id, default))!.LastSeq;
        foreach (Client client in clients)
            (await client.NumbersAsync()).ShouldBe(Enumerable.Range((int)client.After + 1, (int)(last - client.After)).Select(n => (long)n));
    }

    [Fact]
    public async Task One_that_does_not_read_holds_up_nobody_and_gets_the_rest_from_the_log()
    {
        JobRecord run = await _store.RunningAsync();
        using Client slow = Client.Follow(_stream, _broadcasts, run.Id, reads: false), quick = Client.Follow(_stream, _broadcasts, run.Id);
        for (int i = 0; i < 400; i++)
            await ReportAsync(run, 4, new string('x', 100));
        await quick.UntilAsync(1602);
        slow.Unread.ShouldBeLessThan(400 << 10, "what waits for it is bounded");
        await EndAsync(run);
        long[] all = [.. Enumerable.Range(1, 1603).Select(n => (long)n)];
        (await quick.NumbersAsync()).ShouldBe(all);
        slow.StartReading();
        (await slow.NumbersAsync()).ShouldBe(all);
    }

    [Fact]
    public async Task A_quiet_stream_says_that_it_is_alive_and_who_hangs_up_leaves_nothing_behind()
    {
        JobRecord run = await _store.RunningAsync();
        using Client one = Client.Follow(_stream, _broadcasts, run.Id);
        await one.UntilAsync(text => text.Contains(": alive\n\n: alive\n\n", StringComparison.Ordinal));
        await one.HangUpAsync();
        int reads = _store.Reads;
        await Task.Delay(300);
        _store.Reads.ShouldBe(reads, "nobody reads for nobody");

        using Client next = Client.Follow(_stream, _broadcasts, run.Id);
        await next.UntilAsync(2);
        await EndAsync(run);
        (await next.NumbersAsync()).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_job_that_is_deleted_or_was_over_ends_its_streams()
    {
        JobRecord run = await _store.RunningAsync();
        using Client one = Client.Follow(_stream, _broadcasts, run.Id);
        await one.UntilAsync(2);
        await _store.MoveAsync(new(run.Id, JobAction.Cancel), default);
        await _store.DeleteAsync(run.Id, default);
        _bell.Ring(run.Id);
        (await one.NumbersAsync()).ShouldBe([1, 2]);
        (await Client.Follow(_stream, _broadcasts, run.Id).NumbersAsync()).ShouldBeEmpty();
    }

    private async Task ReportAsync(JobRecord run, int events, string text = "")
    {
        await _store.ReportAsync(new(run.Id, run.RunToken!) { Events = [.. Enumerable.Range(0, events).Select(_ => new NewJobEvent("log", $$"""{"message": "{{text}}"}"""))] }, default);
        _bell.Ring(run.Id);
    }

    private async Task EndAsync(JobRecord run)
    {
        await _store.MoveAsync(new(run.Id, JobAction.Cancel), default);
        _bell.Ring(run.Id);
    }

    /// <summary>A connection: what the service writes goes through a pipe as wide as Kestrel's.</summary>
    private sealed partial class Client : IDisposable
    {
        private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 64 << 10, resumeWriterThreshold: 32 << 10, useSynchronizationContext: false));
        private readonly CancellationTokenSource _gone = new();
        private readonly StringBuilder _text = new();
        private readonly Task _serving;
        private Task _reading = Task.CompletedTask;

        private Client(EventStream stream, Broadcasts broadcasts, string job, long after, bool reads)
        {
            After = after;
            var http = new DefaultHttpContext { RequestAborted = _gone.Token };
            http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(_pipe.Writer.AsStream()));
            _serving = Task.Run(async () =>
            {
                await new ServerSentEvents(stream, broadcasts, job, after, default).ExecuteAsync(http);
                await _pipe.Writer.CompleteAsync();
            });
            if (reads)
                StartReading();
        }

        public long After { get; }

        /// <summary>Bytes that wait to be read.</summary>
        public long Unread => _pipe.Reader.TryRead(out ReadResult read) ? Look(read) : 0;

        public static Client Follow(EventStream stream, Broadcasts broadcasts, string job, long after = 0, bool reads = true) => new(stream, broadcasts, job, after, reads);

        public void Dispose() => _gone.Dispose();

        public void StartReading() => _reading = Task.Run(async () =>
        {
            while (await _pipe.Reader.ReadAsync() is var read && !(read.IsCompleted && read.Buffer.IsEmpty))
            {
                lock (_text)
                    _text.Append(Encoding.UTF8.GetString(read.Buffer));
                _pipe.Reader.AdvanceTo(read.Buffer.End);
            }
        });

        /// <summary>All that came, once the service has ended the stream.</summary>
        public async Task<long[]> NumbersAsync()
        {
            await _serving.WaitAsync(Limit);
            await _reading.WaitAsync(Limit);
            return Numbers();
        }

        public Task UntilAsync(long number) => UntilAsync(_ => Numbers() is [.., var last] && last >= number);

        public async Task UntilAsync(Func<string, bool> condition)
        {
            using var limit = new CancellationTokenSource(Limit);
            while (!condition(Text()))
                await Task.Delay(5, limit.Token);
        }

        public async Task HangUpAsync()
        {
            await _gone.CancelAsync();
            await _serving.WaitAsync(Limit);
        }

        private long Look(ReadResult read)
        {
            long length = read.Buffer.Length;
            _pipe.Reader.AdvanceTo(read.Buffer.Start);
            return length;
        }

        private string Text()
        {
            lock (_text)
                return _text.ToString();
        }

        private long[] Numbers() => [.. Id().Matches(Text()).Select(m => long.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))];

        [GeneratedRegex(@"^id: (\d+)$", RegexOptions.Multiline)]
        private static partial Regex Id();
    }
}
