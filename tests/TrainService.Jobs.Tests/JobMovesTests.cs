namespace TrainService.Jobs.Tests;

public sealed class JobMovesTests
{
    private static readonly JobStatus[] Statuses = Enum.GetValues<JobStatus>();
    private static readonly JobAction[] Actions = Enum.GetValues<JobAction>();

    [Fact]
    public void Final_states_never_change()
    {
        foreach (JobStatus status in Statuses.Where(JobMoves.IsTerminal))
        {
            JobMoves.Legal(status).ShouldBeEmpty();
            foreach (JobAction action in Actions)
                JobMoves.Judge(status, action).Next.ShouldBe(status);
        }
    }

    [Fact]
    public void Every_state_that_is_not_final_can_be_cancelled_and_stopped()
    {
        foreach (JobStatus status in Statuses.Where(s => !JobMoves.IsTerminal(s)))
        {
            JobMoves.Judge(status, JobAction.Cancel).ShouldBe(new(MoveVerdict.Moves, JobStatus.Cancelled));
            JobMoves.Judge(status, JobAction.RequestStop).Next.ShouldBeOneOf(JobStatus.Stopping, JobStatus.Stopped);
        }
    }

    [Fact]
    public void Asking_twice_is_harmless_for_everything_that_a_user_asks()
    {
        foreach (JobStatus status in Statuses)
            foreach (JobAction action in Actions.Where(JobMoves.IsUsers))
                if (JobMoves.Judge(status, action) is { Verdict: MoveVerdict.Moves, Next: var next })
                    JobMoves.Judge(next, action).ShouldBe(new(MoveVerdict.Repeats, next));
    }

    [Fact]
    public void A_run_that_is_held_can_always_end_and_what_needs_a_token_starts_only_where_there_is_one()
    {
        foreach (JobStatus status in Statuses.Where(JobMoves.IsActive))
            foreach (JobAction action in new[] { JobAction.Succeed, JobAction.Fail, JobAction.Requeue, JobAction.Stop })
                JobMoves.Judge(status, action).Verdict.ShouldBe(MoveVerdict.Moves);

        foreach (JobStatus status in Statuses.Where(s => !JobMoves.IsActive(s)))
            JobMoves.Legal(status).ShouldNotContain(a => JobMoves.NeedsToken(a));
    }

    [Fact]
    public void Every_state_is_reached_from_queued_and_a_final_one_from_every_state()
    {
        Reachable(JobStatus.Queued).ShouldBe(Statuses, ignoreOrder: true);
        foreach (JobStatus status in Statuses)
            Reachable(status).ShouldContain(s => JobMoves.IsTerminal(s));
    }

    [Fact]
    public void The_legal_actions_are_those_that_move()
    {
        foreach (JobStatus status in Statuses)
            JobMoves.Legal(status).ShouldBe(Actions.Where(a => JobMoves.Judge(status, a).Verdict == MoveVerdict.Moves));
    }

    [Fact]
    public void Words_are_the_same_both_ways()
    {
        foreach (JobStatus status in Statuses)
            JobWords.ParseStatus(status.Word()).ShouldBe(status);
        Actions.Select(a => a.Word()).Distinct().Count().ShouldBe(Actions.Length);
        Should.Throw<FormatException>(() => JobWords.ParseStatus("Queued"));
    }

    private static HashSet<JobStatus> Reachable(JobStatus from)
    {
        HashSet<JobStatus> seen = [from];
        Queue<JobStatus> open = new(seen);
        while (open.TryDequeue(out JobStatus status))
            foreach (JobAction action in JobMoves.Legal(status))
                if (JobMoves.Judge(status, action).Next is var next && seen.Add(next))
                    open.Enqueue(next);
        return seen;
    }
}
