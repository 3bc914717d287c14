using FsCheck;
using FsCheck.Fluent;
using TrainService.Data.Selection;
using TrainService.Tensors.Randomness;

namespace TrainService.Data.Tests.Selection;

public class RowChoiceTests
{
    [Fact]
    public void Quotas_are_whole_shares_that_add_up()
    {
        Gen<(int[] Counts, int Take)> cases =
            from counts in Gen.NonEmptyListOf(Gen.Choose(0, 50))
            from share in Gen.Choose(0, 100)
            select ((int[])[.. counts], counts.Sum() * share / 100);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Arb.From(cases), c =>
        {
            int[] quotas = RowChoice.Quotas(c.Counts, c.Take);
            double share = c.Counts.Sum() == 0 ? 0 : (double)c.Take / c.Counts.Sum();
            bool near = quotas.Zip(c.Counts).All(p => p.First >= 0 && p.First <= p.Second && Math.Abs(p.First - (p.Second * share)) < 2);
            return near && quotas.Sum() == c.Take;
        }));
    }

    [Fact]
    public void A_class_keeps_its_last_row_while_others_can_give()
        => RowChoice.Quotas([1, 1, 8], 2).ShouldBe([0, 0, 2]);

    [Fact]
    public void As_many_rows_are_chosen_as_asked_for()
    {
        var random = new PhiloxStream(1, RandomPurpose.Split, 0);
        RowChoice.Random(10, 3, random).Count(chosen => chosen).ShouldBe(3);
        int[] labels = [0, 1, 0, 1, 0, 0, 0, 0];
        bool[] chosen = RowChoice.Stratified(labels, 2, 4, random);
        labels.Where((_, i) => chosen[i]).Order().ShouldBe([0, 0, 0, 1]);
    }
}
