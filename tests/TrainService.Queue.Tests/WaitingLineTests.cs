using TrainService.Jobs;

namespace TrainService.Queue.Tests;

public sealed class WaitingLineTests
{
    [Fact]
    public void It_gives_the_best_that_can_run_and_each_once()
    {
        WaitingLine line = new();
        string[] ids = [.. Enumerable.Range(0, 200).Select(_ => Ids.New("job"))];
        Random random = new(1);
        int[] priorities = [.. ids.Select(_ => random.Next(-2, 3))];
        foreach (int i in Enumerable.Range(0, ids.Length).OrderBy(_ => random.Next()))
        {
            line.Put(ids[i], 0);
            line.Put(ids[i], priorities[i]);
        }

        line.Remove(ids[7]).ShouldBeTrue();
        line.Remove(ids[7]).ShouldBeFalse();
        List<string> taken = [];
        while (line.Take(id => id != ids[9]) is { } id)
            taken.Add(id);

        taken.ShouldBe(Enumerable.Range(0, ids.Length).Where(i => i is not (7 or 9)).OrderByDescending(i => Math.Sign(priorities[i])).ThenBy(i => i).Select(i => ids[i]));
        line.Take(_ => true).ShouldBe(ids[9]);
    }
}
