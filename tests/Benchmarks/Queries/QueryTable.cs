using System.Globalization;
using System.Text;
using AmpEdge.Benchmarks.Ingest;

namespace AmpEdge.Benchmarks.Queries;

/// <summary>Prints figures as a table, a row a query; ratios are of the first server to each of the others.</summary>
internal static class QueryTable
{
    public static void Print(QueryBenchmarkOptions options, IReadOnlyList<QueryFigures?[]> figures)
    {
        IReadOnlyList<BenchmarkedServer> servers = options.Servers;
        string names = string.Join(" / ", Names(servers));
        Console.WriteLine($"| query | entries | cold ms: {names} | warm ms | CPU ms | warm ratio | CPU ratio | allocated KiB |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        for (int query = 0; query < options.Queries.Count; query++)
        {
            Console.WriteLine($"| `{options.Queries[query].Text.Replace("|", "\\|", StringComparison.Ordinal)}` | {Row(figures, query)} |");
        }

        for (int peer = 1; peer < figures.Count; peer++)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{servers[0].Name} to {servers[peer].Name}, geometric means: warm {Mean(figures, peer, static f => f.WarmMs):0.00}, cold {Mean(figures, peer, static f => f.ColdMs):0.00}, CPU {Mean(figures, peer, static f => f.CpuMs):0.00}"));
        }
    }

    private static string Row(IReadOnlyList<QueryFigures?[]> figures, int query)
    {
        QueryFigures own = figures[0][query].GetValueOrDefault();
        StringBuilder row = new();
        row.Append(Joined(figures, query, 0, static f => f.Entries, "0")).Append(" | ");
        row.Append(Joined(figures, query, 0, static f => f.ColdMs, "0.0")).Append(" | ");
        row.Append(Joined(figures, query, 0, static f => f.WarmMs, "0.0#")).Append(" | ");
        row.Append(Joined(figures, query, 0, static f => f.CpuMs, "0.0#")).Append(" | ");
        row.Append(Joined(figures, query, 1, f => own.WarmMs / f.WarmMs, "0.00")).Append(" | ");
        row.Append(Joined(figures, query, 1, f => own.CpuMs / f.CpuMs, "0.00")).Append(" | ");
        return row.Append(CultureInfo.InvariantCulture, $"{own.AllocatedBytes / 1024:0}").ToString();
    }

    private static string Joined(
        IReadOnlyList<QueryFigures?[]> figures, int query, int firstServer, Func<QueryFigures, double> figure, string format)
    {
        List<string> texts = [];
        for (int server = firstServer; server < figures.Count; server++)
        {
            texts.Add(figures[server][query] is { } asked ? figure(asked).ToString(format, CultureInfo.InvariantCulture) : "-");
        }

        return string.Join(" / ", texts);
    }

    private static List<string> Names(IReadOnlyList<BenchmarkedServer> servers)
    {
        List<string> names = [];
        foreach (BenchmarkedServer server in servers)
        {
            names.Add(server.Name);
        }

        return names;
    }

    /// <summary>Of the first server's figures by a peer's, where both were asked; what is below the clock's reading counts as one of its ticks.</summary>
    private static double Mean(IReadOnlyList<QueryFigures?[]> figures, int peer, Func<QueryFigures, double> figure)
    {
        const double Least = 0.1;
        double sum = 0;
        int count = 0;
        for (int query = 0; query < figures[0].Length; query++)
        {
            if (figures[0][query] is { } own && figures[peer][query] is { } theirs)
            {
                sum += Math.Log(Math.Max(Least, figure(own)) / Math.Max(Least, figure(theirs)));
                count++;
            }
        }

        return Math.Exp(sum / count);
    }
}
