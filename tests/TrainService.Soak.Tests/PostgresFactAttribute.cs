using TrainService.Storage.Tests.Support;

namespace TrainService.Soak.Tests;

/// <summary>Shows as skipped where PostgreSQL is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresCluster.WhyNot;

    /// <summary>A variable of the environment without which it is skipped.</summary>
    public string? OnlyWith
    {
        get;
        set
        {
            field = value;
            if (value is not null && !LongForm.IsAsked(value))
                Skip = $"Takes minutes: set {value}.";
        }
    }
}
