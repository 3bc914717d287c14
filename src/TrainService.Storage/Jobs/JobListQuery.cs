using System.Text;
using Dapper;
using TrainService.Jobs;
using TrainService.Jobs.Ports;

namespace TrainService.Storage.Jobs;

/// <summary>The statement for a filtered page of jobs.</summary>
internal static class JobListQuery
{
    public static (string Sql, DynamicParameters Parameters) Build(JobFilter filter, int rows)
    {
        StringBuilder sql = new(JobSql.Select + " WHERE 1 = 1");
        DynamicParameters p = new();
        if (filter.Statuses.Count > 0)
        {
            string[] words = [.. filter.Statuses.Distinct().Select(s => s.Word())];
            sql.Append(" AND j.status IN (").AppendJoin(", ", words.Select((_, i) => $"@status{i}")).Append(')');
            for (int i = 0; i < words.Length; i++)
                p.Add($"status{i}", words[i]);
        }
        if (filter.Kind is not null)
            Add("j.kind = @kind", "kind", filter.Kind);
        if (filter.Name is not null)
            Add("j.name_search LIKE @name ESCAPE '!'", "name", $"%{EscapeLike(JobRow.Searchable(filter.Name))}%");
        if (filter.ForkedFrom is not null)
            Add("j.forked_from = @forkedFrom", "forkedFrom", filter.ForkedFrom);
        if (filter.Parent is not null)
            Add("j.parent_job = @parent", "parent", filter.Parent);
        if (filter.Chain is not null)
            Add("j.chain_id = @chain", "chain", filter.Chain);
        if (filter.Sweep is not null)
            Add("j.sweep_id = @sweep", "sweep", filter.Sweep);
        if (filter.After is not null)
            Add("j.id < @after", "after", Cursor.Decode(filter.After, "job_"));
        for (int i = 0; i < filter.Labels.Count; i++)
        {
            (string name, string? value) = filter.Labels[i];
            string valueTest = value is null ? "" : $" AND l.value = @label{i}value";
            Add($"EXISTS (SELECT 1 FROM job_labels l WHERE l.job_id = j.id AND l.name = @label{i}{valueTest})", $"label{i}", name);
            if (value is not null)
                p.Add($"label{i}value", value);
        }
        p.Add("rows", rows);
        sql.Append(" ORDER BY j.id DESC LIMIT @rows");
        return (sql.ToString(), p);

        void Add(string condition, string name, object value)
        {
            sql.Append(" AND ").Append(condition);
            p.Add(name, value);
        }
    }

    private static string EscapeLike(string text)
        => text.Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);
}
