using TrainService.Tensors.Threading;

namespace TrainService.Tensors.Tests.Threading;

public class SchedulingPriorityTests
{
    [Fact]
    public void Only_the_calling_thread_is_lowered()
    {
        if (!OperatingSystem.IsLinux()) return;
        int lowered = 0, own = Niceness("thread-self"), process = Niceness("self");
        var thread = new Thread(() =>
        {
            SchedulingPriority.LowerCurrentThread();
            SchedulingPriority.LowerCurrentThread();
            lowered = Niceness("thread-self");
        });
        thread.Start();
        thread.Join();
        lowered.ShouldBe(Math.Min(process + SchedulingPriority.Niceness, 19));
        Niceness("thread-self").ShouldBe(own);
    }

    /// <summary>Field 19 of the thread's stat file, counted from behind the name in parentheses.</summary>
    private static int Niceness(string whose)
    {
        string stat = File.ReadAllText($"/proc/{whose}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16]);
    }
}
