using TrainService.Jobs.Sweeps;
using TrainService.Jobs.Tests.Support;

namespace TrainService.Jobs.Tests.Sweeps;

public sealed class HalvingTests
{
    private static readonly SweepPlan Plan = new("halving", "val_loss", false, 4, 3, [1, 3, 9],
        [.. Enumerable.Range(1, 9).Select(n => new SweepTrial(n, n - 1, new Dictionary<string, System.Text.Json.Nodes.JsonNode?>(), 1))]);

    [Fact]
    public void All_come_to_the_first_rung_and_nothing_is_decided_before_the_last_of_them()
        => Decide([.. Enumerable.Range(1, 8).Select(n => Trial(n, 0.1 * n))]).ShouldBe([1, 1, 1, 1, 1, 1, 1, 1, 1]);

    [Fact]
    public void The_best_third_goes_on()
        => Decide([.. Enumerable.Range(1, 9).Select(n => Trial(n, 0.1 * n))]).ShouldBe([3, 3, 3, null, null, null, null, null, null]);

    [Fact]
    public void What_trials_learn_later_changes_nothing_of_what_was_decided()
    {
        // Trial 4 would be the best by now had it gone on; trials 1 to 3 have got worse, and the rung before counts at its epochs.
        (JobRecord, TrialCurve)[] trials = [.. Enumerable.Range(1, 9).Select(n => n <= 3 ? Trial(n, 0.1 * n, 5, 4 - n) : Trial(n, 0.1 * n))];
        Decide(trials).ShouldBe([9, null, null, null, null, null, null, null, null], "the best of three so far is the first trial's first epoch");
        trials[2] = Trial(3, 0.3, 0.01, 0.02);
        Decide(trials).ShouldBe([null, null, 9, null, null, null, null, null, null]);
    }

    [Fact]
    public void One_that_has_failed_is_not_waited_for_and_of_equals_the_first_goes_on()
    {
        (JobRecord, TrialCurve)[] trials = [.. Enumerable.Range(1, 9).Select(n => n == 2 ? (Trial(n).Item1 with { Status = JobStatus.Failed }, new TrialCurve([], 0)) : Trial(n, 0.5))];
        Decide(trials).ShouldBe([3, null, 3, 3, null, null, null, null, null]);
    }

    [Fact]
    public void Ranks_go_by_the_mean_with_the_deviation_over_seeds_and_more_is_better_where_it_is()
    {
        SweepPlan plan = new("grid", "accuracy", true, 4, 3, [2],
            [.. Enumerable.Range(0, 6).Select(i => new SweepTrial(i + 1, i / 2, new Dictionary<string, System.Text.Json.Nodes.JsonNode?> { ["/x"] = i / 2 }, i % 2))]);
        SweepRanking ranking = SweepRanking.Of(plan, [Trial(1, 0.1, 0.5), Trial(2, 0.7, 0.2), Trial(3, 0.8, 0.9), Trial(4, 0.7, 0.6)]);
        ranking.Ranking.Select(p => (p.Rank, p.Values["/x"]!.GetValue<int>())).ShouldBe([(1, 1), (2, 0), (null, 2)]);
        ranking.Ranking[0].Mean!.Value.ShouldBe(0.8, 1e-12);
        ranking.Ranking[0].Deviation!.Value.ShouldBe(Math.Sqrt(0.02), 1e-12);
        (ranking.Best!.Trial, ranking.Best.Epoch, ranking.Best.Value).ShouldBe((3, 2, 0.9));
    }

    private static IEnumerable<int?> Decide(IReadOnlyList<(JobRecord, TrialCurve)> trials) => Halving.Decide(Plan, trials).OrderBy(d => d.Key).Select(d => d.Value);

    private static (JobRecord, TrialCurve) Trial(int number, params double[] losses)
        => (Some.Job() with { Trial = number, SweepId = "job_s" }, new TrialCurve([.. losses.Select((l, i) => (i + 1, l))], losses.Length));
}
