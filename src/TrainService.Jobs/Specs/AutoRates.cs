using System.Globalization;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Jobs.Specs;

/// <summary>Rates that a job leaves to the learning-rate finder: where they stand, and what takes their place.</summary>
public static class AutoRates
{
    private const string Auto = "auto", Optimizer = "optimizer", Schedule = "schedule", Search = "lr_find", Phases = "phases", Rate = "learning_rate", Highest = "max_learning_rate";

    /// <summary>Rates that are left open, as "optimizer.learning_rate" or "schedule.max_lr"; those of the first phase and of a schedule within a schedule too.</summary>
    public static IReadOnlyList<string> In(Arguments job) => [.. Own(job, ""), .. job.Has(Phases) ? Own(job.Objects(Phases)[0], $"{Phases}.0.") : []];

    /// <summary>What stands at such a place.</summary>
    public static double ValueAt(Arguments job, string place)
    {
        string[] names = place.Split('.');
        Arguments at = job;
        for (int i = 0; i < names.Length - 1; i++)
            at = names[i] == Phases ? at.Objects(Phases)[int.Parse(names[++i], CultureInfo.InvariantCulture)] : at.Value(names[i]).Arguments;
        return at.Number(names[^1]);
    }

    /// <summary>The same job with every open rate chosen.</summary>
    /// <param name="rate">For a rate that stays, or falls from there.</param>
    /// <param name="lowest">For the bottom of a cycle.</param>
    /// <param name="highest">For the top of a cycle.</param>
    public static JobSpec Choose(JobSpec job, double rate, double lowest, double highest)
    {
        foreach (string member in (string[])[Optimizer, Schedule])
            if (job.Arguments.OptionalValue(member) is { } part)
                job = job.With(member, Chosen(job.Arguments, part));
        if (!job.Arguments.Has(Phases)) return job;
        Arguments[] phases = [.. job.Arguments.Objects(Phases)];
        foreach (string member in (string[])[Optimizer, Schedule])
            if (phases[0].OptionalValue(member) is { } part)
                phases[0] = phases[0].With(member, Chosen(phases[0], part));
        return job.With(Phases, phases);

        ComponentValue Chosen(Arguments owner, ComponentValue part)
        {
            // A one-cycle schedule without a maximum of its own takes the optimizer's rate for it.
            bool isTop = owner.OptionalValue(Schedule) is { } schedule && schedule.Arguments.Values.TryGetValue(Highest, out object? top) && top is null;
            return Fill(part, isTop);
        }

        ComponentValue Fill(ComponentValue part, bool isTop)
        {
            foreach ((string name, object? value) in part.Arguments.Values)
            {
                if (value is ComponentValue inner) part = With(part, name, Fill(inner, isTop));
                else if (IsOpen(part, name))
                    part = With(part, name, name == Rate ? isTop ? highest : rate : name.StartsWith("max", StringComparison.Ordinal) ? highest : lowest);
            }
            return part;
        }
    }

    /// <summary>Is the finder wanted? What makes no sense about it is an error.</summary>
    internal static bool Check(Arguments job, SpecErrors errors)
    {
        bool wanted = job.OptionalText("kind") == JobArguments.FindKind || In(job).Count > 0;
        IReadOnlyList<Arguments> phases = job.Has(Phases) ? job.Objects(Phases) : [];
        for (int i = 1; i < phases.Count; i++)
            foreach (string open in Own(phases[i], ""))
                errors.Add($"/{Phases}/{i.ToString(CultureInfo.InvariantCulture)}/{open.Replace('.', '/')}", "conflict",
                    "The search goes before the training, so only the first phase can have its rate chosen: give a number here, such as a tenth of the first phase's.", Auto);
        if (job.OptionalObject(Search) is not { } search) return wanted;
        if (!wanted)
            errors.Add($"/{Search}", "conflict", "Nothing is searched here: the job's kind is not lr_find, and no rate is \"auto\".");
        if (search.Has("steps") && search.Has("epochs"))
            errors.Add($"/{Search}/epochs", "conflict", "Only one of steps and epochs says how long the search is.", search.Long("epochs"));
        if (search.OptionalNumber("start") >= search.OptionalNumber("end"))
            errors.Add($"/{Search}/end", "conflict", $"The rate goes up: end must be above start, {search.Number("start")}.", search.Number("end"));
        return wanted;
    }

    private static IEnumerable<string> Own(Arguments owner, string place)
        => ((string[])[Optimizer, Schedule]).SelectMany(m => owner.OptionalValue(m) is { } part ? Open(part, place + m) : []);

    private static IEnumerable<string> Open(ComponentValue part, string place)
        => part.Arguments.Values.SelectMany(v => v.Value is ComponentValue inner ? Open(inner, $"{place}.{v.Key}")
            : IsOpen(part, v.Key) ? [$"{place}.{v.Key}"] : []);

    private static bool IsOpen(ComponentValue part, string name)
        => part.Arguments.IsWord(name, Auto) && part.Descriptor.Arguments.Any(a => a.Name == name && a.Words.Contains(Auto));

    private static ComponentValue With(ComponentValue part, string name, object? value) => part with { Arguments = part.Arguments.With(name, value) };
}
