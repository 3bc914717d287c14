namespace TrainService.Jobs.Sweeps;

/// <summary>
/// Successive halving (Jamieson and Talwalkar 2016, arXiv:1502.07943): all trials come to the first rung; of those that came to a rung one in factor goes on
/// to the next. A pure function of what the trials' logs say of the epochs up to each rung, so whoever asks again, after whatever crash, is answered the same.
/// </summary>
public static class Halving
{
    /// <summary>What is to become of each trial.</summary>
    /// <returns>By number: the epochs to train to; null for those that are left behind.</returns>
    public static IReadOnlyDictionary<int, int?> Decide(SweepPlan plan, IReadOnlyList<(JobRecord Job, TrialCurve Curve)> trials)
    {
        Dictionary<int, int?> decided = plan.Trials.ToDictionary(t => t.Number, _ => (int?)plan.Rungs[0]);
        Dictionary<int, (JobRecord Job, TrialCurve Curve)> byNumber = trials.ToDictionary(t => t.Job.Trial!.Value);
        int[] entrants = [.. plan.Trials.Select(t => t.Number)];
        for (int rung = 0; rung < plan.Rungs.Count - 1; rung++)
        {
            int epochs = plan.Rungs[rung];
            if (!entrants.All(n => byNumber.TryGetValue(n, out var t) && (t.Job.Terminal || t.Curve.Epochs >= epochs)))
                break;

            // Those without a value have failed, or learned nothing that is a number.
            int[] best = [.. entrants.Select(n => (Number: n, byNumber[n].Curve.BestUntil(epochs, plan.HigherIsBetter)?.Value)).Where(t => t.Value is not null)
                .OrderBy(t => plan.HigherIsBetter ? -t.Value : t.Value).ThenBy(t => t.Number).Take(plan.EntrantsOf(rung + 1)).Select(t => t.Number)];
            foreach (int number in entrants)
                decided[number] = best.Contains(number) ? plan.Rungs[rung + 1] : null;
            entrants = best;
        }
        return decided;
    }
}
