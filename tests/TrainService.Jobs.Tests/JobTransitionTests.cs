using System.Text.Json;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Tests.Support;

namespace TrainService.Jobs.Tests;

public sealed class JobTransitionTests
{
    private static readonly DateTimeOffset Now = Times.Truncate(DateTimeOffset.UtcNow.AddMinutes(1));

    /// <summary>Ten thousand random lives, each step compared with the second telling.</summary>
    [Fact]
    public void Random_lives_are_those_of_the_reference_model()
    {
        JobAction[] actions = Enum.GetValues<JobAction>();
        HashSet<(JobStatus, JobAction, MoveResult)> covered = [];
        for (int seed = 0; seed < 10_000; seed++)
        {
            Random random = new(seed);
            JobRecord job = Some.Job();
            ReferenceJob reference = new();
            List<string?> tokens = [null, "never given"];
            for (int step = 0; step < 25; step++)
            {
                JobAction action = actions[random.Next(actions.Length)];
                string? token = random.Next(3) > 0 ? job.RunToken : tokens[random.Next(tokens.Count)];
                string fresh = $"run_{seed}_{step}";
                bool withError = random.Next(2) == 0, processLost = random.Next(2) == 0;

                JobTransition actual = JobTransition.Apply(job,
                    new(job.Id, action, token, Error: withError ? new("infrastructure", "x") : null, NewRunToken: fresh) { ProcessLost = processLost }, Now);
                MoveResult expected = reference.Do(action, token, fresh, withError, processLost);

                covered.Add((job.Status, action, actual.Result));
                actual.Result.ShouldBe(expected);
                (actual.Job.Status, actual.Job.RunToken, actual.Job.Attempt, actual.Job.Failures, actual.Job.Losses)
                    .ShouldBe((reference.Status, reference.Token, reference.Attempt, reference.Failures, reference.Losses));
                (actual.StatusEvent is not null).ShouldBe(actual.Result == MoveResult.Moved);
                if (actual.Result != MoveResult.Moved)
                    actual.Job.ShouldBeSameAs(job);
                (actual.Job.FinishedAt is not null).ShouldBe(actual.Job.Terminal);
                job = actual.Job;
                tokens.Add(fresh);
            }
        }

        // Every pair of status and action came up, so the model was really asked about the whole table.
        covered.Select(c => (c.Item1, c.Item2)).Distinct().Count().ShouldBe(Enum.GetValues<JobStatus>().Length * actions.Length);
    }

    [Fact]
    public void A_start_counts_the_attempt_and_keeps_the_time_of_the_first()
    {
        JobRecord first = Move(Some.Job(), JobAction.Start);
        JobRecord again = JobTransition.Apply(Move(first, JobAction.Requeue), new("", JobAction.Start, NewRunToken: "r2"), Now.AddHours(1)).Job;

        (first.Attempt, first.StartedAt, first.RunToken).ShouldBe((1, Now, "r1"));
        (again.Attempt, again.StartedAt, again.RunToken).ShouldBe((2, Now, "r2"));
        Should.Throw<ArgumentException>(() => JobTransition.Apply(Some.Job(), new("", JobAction.Start), Now));
    }

    [Fact]
    public void A_clean_shutdown_is_no_failure_and_a_retry_is_one()
    {
        JobRecord running = Move(Some.Job(), JobAction.Start);

        JobRecord shutDown = Move(running, JobAction.Requeue);
        JobRecord retried = JobTransition.Apply(running, new("", JobAction.Requeue, "r1", "why", new("resource", "full")) { NotBefore = Now.AddMinutes(1) }, Now).Job;

        (shutDown.Failures, shutDown.NotBefore, shutDown.RunToken).ShouldBe((0, null, null));
        (retried.Failures, retried.NotBefore, retried.Reason, retried.Error).ShouldBe((1, Now.AddMinutes(1), "why", null));
    }

    [Fact]
    public void A_job_that_does_not_run_has_no_estimate_of_its_end()
    {
        JobRecord running = Move(Some.Job(), JobAction.Start) with { Progress = new(1, 10, 5, 50, 0.1, 100, 60, Now) };

        Move(running, JobAction.RequestStop).Progress!.EtaSeconds.ShouldBe(60);
        Move(running, JobAction.Cancel).Progress.ShouldBe(running.Progress with { EtaSeconds = null });
    }

    [Fact]
    public void The_status_event_tells_what_there_is_to_tell()
    {
        JobRecord running = Move(Some.Job(), JobAction.Start);
        JobMove move = new("", JobAction.Requeue, "r1", "It \"broke\".", new("resource", "No memory.")) { NotBefore = Now };

        NewJobEvent e = JobTransition.Apply(running, move, Now).StatusEvent!;

        JsonElement data = JsonSerializer.Deserialize<JsonElement>(e.DataJson);
        e.Type.ShouldBe("status");
        data.GetProperty("status").GetString().ShouldBe("queued");
        data.GetProperty("attempt").GetInt32().ShouldBe(1);
        data.GetProperty("reason").GetString().ShouldBe("It \"broke\".");
        data.GetProperty("error").GetProperty("class").GetString().ShouldBe("resource");
        data.GetProperty("error").GetProperty("detail").GetString().ShouldBe("No memory.");
        data.GetProperty("not_before").GetDateTimeOffset().ShouldBe(Now);
        JobTransition.QueuedEvent(Some.Job()).DataJson.ShouldBe("""{"status":"queued","attempt":0}""");
    }

    private static JobRecord Move(JobRecord job, JobAction action)
    {
        JobTransition transition = JobTransition.Apply(job, new(job.Id, action, job.RunToken, NewRunToken: "r1"), Now);
        transition.Result.ShouldBe(MoveResult.Moved);
        return transition.Job;
    }
}
