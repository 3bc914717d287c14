using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Tests.Support;

namespace TrainService.Jobs.Tests;

public sealed class JobServiceTests
{
    private readonly MemoryJobStore _store = new();
    private readonly FakeCheckpoints _checkpoints = new();
    private readonly RecordingQueue _queue = new();
    private readonly InProcessDoorbell _bell = new();
    private readonly Compiler _compiler = new();
    private readonly JobService _service;

    public JobServiceTests() => _service = new(_store, _checkpoints, _queue, _bell, _compiler, NullLogger<JobService>.Instance);

    [Fact]
    public async Task A_job_is_stored_then_queued()
    {
        SubmitAnswer answer = await _service.SubmitAsync(Some.Spec, null, default);

        answer.Status.ShouldBe(SubmitStatus.Created);
        JobRecord job = answer.Job!;
        (await _store.FindAsync(job.Id, default)).ShouldBe(job);
        _queue.Enqueued.ShouldBe([(job.Id, 0, null)]);
        (job.Name, job.Kind, job.Status, job.MaxAttempts, job.LastSeq).ShouldBe(("a job", "train", JobStatus.Queued, 3, 1));
        (job.SpecJson, job.ResolvedJson, job.SummaryJson).ShouldBe(("""{"seed": 42}""", """{"seed":42,"epochs":1}""", """{"parameters":7}"""));
        job.WarningsJson.ShouldBe("""[{"pointer":"/loss","code":"mismatch","detail":"It is odd.","remedy":"Change it."}]""");
    }

    [Fact]
    public async Task A_spec_with_errors_stores_and_queues_nothing()
    {
        _compiler.Answer = new() { Errors = [new("/epochs", "out_of_range", "Too many.")] };

        SubmitAnswer answer = await _service.SubmitAsync(Some.Spec, new("k", "h"), default);

        answer.Status.ShouldBe(SubmitStatus.Invalid);
        answer.Errors.ShouldHaveSingleItem();
        (await _store.ListAsync(new(), default)).Jobs.ShouldBeEmpty();
        _queue.Enqueued.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_queue_that_fails_loses_no_job()
    {
        _queue.Fault = new InvalidOperationException("down");

        SubmitAnswer answer = await _service.SubmitAsync(Some.Spec, null, default);

        answer.Status.ShouldBe(SubmitStatus.Created);
        (await _service.CancelAsync(answer.Job!.Id, default)).Result.ShouldBe(MoveResult.Moved);
    }

    [Fact]
    public async Task A_store_that_fails_queues_nothing()
    {
        _store.Fault = new StorageUnavailableException(StorageFault.Full, "full");

        await Should.ThrowAsync<StorageUnavailableException>(() => _service.SubmitAsync(Some.Spec, null, default));

        _queue.Enqueued.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_repeat_under_a_key_answers_the_same_even_when_the_spec_compiles_no_more()
    {
        SubmitAnswer first = await _service.SubmitAsync(Some.Spec, new("k", "h"), default);
        _compiler.Answer = new() { Errors = [new("/dataset", "not_found", "Gone.")] };

        SubmitAnswer second = await _service.SubmitAsync(Some.Spec, new("k", "h"), default);

        (second.Status, second.Job!.Id).ShouldBe((SubmitStatus.Repeated, first.Job!.Id));
        (await _service.SubmitAsync(Some.Spec, new("k", "other"), default)).Status.ShouldBe(SubmitStatus.KeyReused);
        _queue.Enqueued.Count.ShouldBe(1);
    }

    [Fact]
    public async Task While_the_first_is_in_flight_the_same_key_is_told_so()
    {
        _compiler.Gate = new();
        Task<SubmitAnswer> first = _service.SubmitAsync(Some.Spec, new("k", "h"), default);

        (await _service.SubmitAsync(Some.Spec, new("k", "h"), default)).Status.ShouldBe(SubmitStatus.InFlight);
        Task<SubmitAnswer> otherOwner = _service.SubmitAsync(Some.Spec, new("k", "h", "somebody else"), default);
        _compiler.Gate.SetResult();

        (await first).Status.ShouldBe(SubmitStatus.Created);
        (await otherOwner).Status.ShouldBe(SubmitStatus.Created);
        (await _service.SubmitAsync(Some.Spec, new("k", "h"), default)).Status.ShouldBe(SubmitStatus.Repeated);
    }

    [Fact]
    public async Task Two_hundred_posts_at_once_under_one_key_make_one_job()
    {
        SubmitAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ =>
            Task.Run(() => _service.SubmitAsync(Some.Spec, new("k", "h"), default))));

        answers.Count(a => a.Status == SubmitStatus.Created).ShouldBe(1);
        answers.ShouldAllBe(a => a.Status == SubmitStatus.Created || a.Status == SubmitStatus.Repeated || a.Status == SubmitStatus.InFlight);
        (await _store.ListAsync(new(), default)).Jobs.ShouldHaveSingleItem();
        _queue.Enqueued.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Cancelling_tells_the_queue_each_time_and_changes_the_table_once()
    {
        JobRecord run = await _store.RunningAsync();

        (await _service.CancelAsync(run.Id, default)).Result.ShouldBe(MoveResult.Moved);
        (await _service.CancelAsync(run.Id, default)).Result.ShouldBe(MoveResult.AlreadyThere);

        _queue.Cancelled.ShouldBe([run.Id, run.Id]);
        (await _store.EventsAsync(run.Id, 0, 100, default)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task An_action_that_is_not_legal_says_which_are()
    {
        JobRecord run = await _store.RunningAsync();
        await _store.MoveAsync(new(run.Id, JobAction.Succeed, run.RunToken), default);

        foreach (Func<string, CancellationToken, Task<MoveOutcome>> act in new[] { _service.CancelAsync, _service.StopAsync, _service.PauseAsync, _service.ResumeAsync })
        {
            MoveOutcome outcome = await act(run.Id, default);
            outcome.Result.ShouldBe(MoveResult.Illegal);
            outcome.Legal.ShouldBeEmpty();
        }
        _queue.Cancelled.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_running_job_is_asked_to_stop_or_pause_over_the_doorbell_and_not_cancelled()
    {
        JobRecord run = await _store.RunningAsync();
        long ticket = _bell.Ticket(run.Id);

        (await _service.PauseAsync(run.Id, default)).Job!.Status.ShouldBe(JobStatus.Pausing);
        await _bell.WaitAsync(run.Id, ticket, TimeSpan.FromMinutes(1), default);
        (await _service.ResumeAsync(run.Id, default)).Job!.Status.ShouldBe(JobStatus.Running);
        (await _service.StopAsync(run.Id, default)).Job!.Status.ShouldBe(JobStatus.Stopping);

        _queue.Cancelled.ShouldBeEmpty();
        _queue.Enqueued.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_paused_job_is_queued_again_when_it_is_resumed()
    {
        JobRecord job = await _store.SubmittedAsync();
        (await _service.PauseAsync(job.Id, default)).Job!.Status.ShouldBe(JobStatus.Paused);

        (await _service.ResumeAsync(job.Id, default)).Result.ShouldBe(MoveResult.Moved);
        (await _service.ResumeAsync(job.Id, default)).Result.ShouldBe(MoveResult.AlreadyThere);

        _queue.Enqueued.ShouldBe([(job.Id, 0, null), (job.Id, 0, null)]);
    }

    [Fact]
    public async Task A_waiting_job_moves_to_its_new_band_and_a_running_one_is_left_alone()
    {
        JobRecord waiting = await _store.SubmittedAsync();
        JobRecord run = await _store.RunningAsync();

        (await _service.EditAsync(waiting.Id, new(null, null, 5), default))!.Priority.ShouldBe(5);
        (await _service.EditAsync(waiting.Id, new("renamed", null, null), default))!.Name.ShouldBe("renamed");
        (await _service.EditAsync(run.Id, new(null, null, 5), default))!.Priority.ShouldBe(5);

        _queue.Enqueued.ShouldBe([(waiting.Id, 5, null)]);
        (await _service.EditAsync("job_none", new("x", null, null), default)).ShouldBeNull();
    }

    [Fact]
    public async Task Deleting_takes_the_checkpoints_with_it_but_only_of_a_terminal_job()
    {
        JobRecord job = await _store.SubmittedAsync();
        _checkpoints.ByJob[job.Id] = 3;

        (await _service.DeleteAsync(job.Id, default)).ShouldBe(new(DeleteStatus.NotTerminal));
        await _service.CancelAsync(job.Id, default);
        DeleteAnswer deleted = await _service.DeleteAsync(job.Id, default);
        (deleted.Status, deleted.Events, deleted.Checkpoints!.Deleted.Count).ShouldBe((DeleteStatus.Deleted, 2, 3));
        (await _service.DeleteAsync(job.Id, default)).ShouldBe(new(DeleteStatus.NotFound));

        _checkpoints.ResumePointsDeleted.ShouldBe([job.Id]);
    }

    [Fact]
    public async Task A_job_whose_checkpoints_stay_stays()
    {
        JobRecord job = await _store.SubmittedAsync();
        await _service.CancelAsync(job.Id, default);
        _checkpoints.Pinned.Add("ckpt_1");

        (await _service.DeleteAsync(job.Id, default)).Status.ShouldBe(DeleteStatus.CheckpointsStay);

        (await _store.FindAsync(job.Id, default)).ShouldNotBeNull();
        _checkpoints.ResumePointsDeleted.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_fork_takes_the_best_checkpoint_or_the_newest_or_the_one_that_is_named()
    {
        JobRecord origin = await _store.SubmittedAsync(Some.Job() with { BestJson = """{"checkpoint":"ckpt_2"}""" });
        foreach (int n in new[] { 1, 2, 3 })
            _checkpoints.Records.Add(FakeCheckpoints.Make($"ckpt_{n}", origin.Id));
        _checkpoints.Records.Add(FakeCheckpoints.Make("ckpt_other", "job_other"));

        (await ForkedFromAsync(null)).ShouldBe("ckpt_2");
        (await ForkedFromAsync("ckpt_1")).ShouldBe("ckpt_1");
        _checkpoints.Records.RemoveAll(c => c.Id == "ckpt_2");
        (await ForkedFromAsync(null)).ShouldBe("ckpt_3");
        SubmitAnswer foreign = await _service.ForkAsync(origin.Id, "ckpt_other", null, null, default);
        (foreign.Status, foreign.Errors[0].Pointer).ShouldBe((SubmitStatus.Invalid, "/checkpoint"));
        _checkpoints.Records.Clear();
        (await _service.ForkAsync(origin.Id, null, null, null, default)).Status.ShouldBe(SubmitStatus.NoCheckpoint);
        (await _service.ForkAsync("job_none", null, null, null, default)).Status.ShouldBe(SubmitStatus.NotFound);

        async Task<string> ForkedFromAsync(string? checkpoint)
        {
            SubmitAnswer answer = await _service.ForkAsync(origin.Id, checkpoint, null, null, default);
            answer.Job!.ForkedFrom.ShouldBe(origin.Id);
            return JsonDocument.Parse(answer.Job.SpecJson).RootElement.GetProperty("model").GetProperty("from_checkpoint").GetString()!;
        }
    }

    [Fact]
    public async Task Errors_of_a_patched_spec_point_into_the_patch()
    {
        JobRecord origin = await _store.SubmittedAsync();
        _checkpoints.Records.Add(FakeCheckpoints.Make("ckpt_1", origin.Id));
        _compiler.Answer = new() { Errors = [new("/epochs", "out_of_range", "Too many.")] };

        SubmitAnswer answer = await _service.ForkAsync(origin.Id, null, JsonSerializer.Deserialize<JsonElement>("""{"epochs": 0}"""), null, default);

        (answer.Status, answer.Errors[0].Pointer).ShouldBe((SubmitStatus.Invalid, "/patch/epochs"));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        (await _service.CancelAsync("job_none", default)).Result.ShouldBe(MoveResult.NotFound);
        (await _service.ResumeAsync("job_none", default)).Result.ShouldBe(MoveResult.NotFound);
        _queue.Cancelled.ShouldBeEmpty();
    }

    private sealed class Compiler : ISpecCompiler
    {
        public CompiledSpec Answer { get; set; } = Some.Compiled;

        public TaskCompletionSource? Gate { get; set; }

        public async Task<CompiledSpec> CompileAsync(JsonElement spec, ParentSpec? parent, CancellationToken ct)
        {
            if (Gate is not null)
                await Gate.Task;
            return Answer;
        }
    }
}
