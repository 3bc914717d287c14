using TrainService.NeuralNet.Finding;

namespace TrainService.NeuralNet.Tests.Finding;

public class LearningRateFinderTests
{
    private static readonly FinderSettings Settings = new(Start: 1e-6, End: 10, Steps: 141, Smoothing: 0, ExplodeFactor: 4);

    // 7 decades in 140 factors: 10^(7/140) = 10^0.05 a step; step 20 is a decade on.
    [Fact]
    public void The_rate_grows_by_one_factor()
    {
        Settings.RateAt(0).ShouldBe(1e-6, 1e-15);
        Settings.RateAt(20).ShouldBe(1e-5, 1e-14);
        Settings.RateAt(140).ShouldBe(10, 1e-9);
    }

    // s = 0.9: m_1 = 0.1 * 2 = 0.2, over 1 - 0.9 = 0.1: 2. m_2 = 0.18 + 0.1 = 0.28, over 0.19: 1.473684210526316. m_3 = 0.252 + 0.3 = 0.552, over 0.271: 2.0369003690036900.
    [Fact]
    public void The_mean_is_corrected_for_its_start()
    {
        var finder = new LearningRateFinder(Settings with { Smoothing = 0.9 });
        foreach (double loss in (double[])[2, 1, 3]) finder.Take(loss);
        finder.Points.Select(p => p.Smoothed).ToArray().ShouldBe([2, 0.28 / 0.19, 0.552 / 0.271], 1e-12);
    }

    // The window of the median may shift it by some steps of 10^0.05. Far from 1e-3 the fall is 2e-6 / r^2, and with the rise r^3 / 0.042875 the least is where r^5 = 4e-6 * 0.042875 / 3: r = 0.0356.
    [Fact]
    public void Of_a_curve_that_falls_and_explodes_everything_is_suggested()
    {
        RateSuggestions found = Searched(Valley).Suggest();
        found.Minimum!.Value.ShouldBeInRange(0.02, 0.045);
        found.TenthOfMinimum!.Value.ShouldBe(found.Minimum.Value / 10);
        found.Highest!.Value.ShouldBe(found.Minimum.Value / 2, 1e-12);
        // The logistic fall of Valley is steepest at 1e-3, and a tenth of it is over a little above 1e-4.
        found.Steepest!.Value.ShouldBeInRange(5e-4, 2e-3);
        found.Lowest!.Value.ShouldBeInRange(5e-5, 1e-3);
        found.Why.ShouldContain("exploded at");
    }

    [Fact]
    public void The_search_ends_when_the_loss_explodes()
    {
        LearningRateFinder finder = Searched(Valley);
        finder.Exploded.ShouldBeTrue();
        finder.Points.Count.ShouldBeLessThan(141);
        finder.Points[^1].Smoothed.ShouldBeGreaterThan(4 * finder.Points.Min(p => p.Smoothed));
    }

    [Fact]
    public void A_loss_that_is_no_number_is_an_explosion()
    {
        var finder = new LearningRateFinder(Settings);
        finder.Take(1);
        finder.Take(double.NaN);
        (finder.Exploded, finder.IsOver, finder.Points.Count).ShouldBe((true, true, 1));
        finder.Suggest().Minimum.ShouldBeNull();
    }

    [Fact]
    public void A_loss_that_never_falls_suggests_nothing_and_says_so()
    {
        RateSuggestions found = Searched(rate => 1 + (rate * 100)).Suggest();
        (found.Minimum, found.TenthOfMinimum, found.Steepest, found.Lowest, found.Highest).ShouldBe((null, null, null, null, null));
        found.Why.ShouldContain("before it had fallen");
        Searched(_ => 1).Suggest().Why.ShouldContain("never fell");
    }

    [Fact]
    public void A_search_that_ends_while_the_loss_falls_says_so()
        => Searched(rate => 1 / (1 + rate)).Suggest().Why.ShouldContain("had not exploded");

    [Fact]
    public void Losses_handed_in_again_give_the_same_state()
    {
        LearningRateFinder whole = Searched(Valley), again = new(Settings with { Smoothing = 0.9 });
        var smooth = new LearningRateFinder(Settings with { Smoothing = 0.9 });
        foreach (double loss in whole.Losses) smooth.Take(loss);
        foreach (double loss in smooth.Losses) again.Take(loss);
        again.Points.ShouldBe(smooth.Points);
        again.Suggest().ShouldBe(smooth.Suggest());
    }

    /// <summary>Falls from 2.3 to about 0.3 around 1e-3, and rises without bound above 0.1.</summary>
    private static double Valley(double rate)
        => 0.3 + (2 / (1 + Math.Exp(2 * Math.Log(rate / 1e-3)))) + Math.Pow(rate / 0.35, 3);

    private static LearningRateFinder Searched(Func<double, double> loss)
    {
        var finder = new LearningRateFinder(Settings);
        while (!finder.IsOver) finder.Take(loss(finder.NextRate));
        return finder;
    }
}
