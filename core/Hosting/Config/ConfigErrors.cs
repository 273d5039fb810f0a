using System.Linq;

namespace AmpEdge.Hosting;

/// <summary>Collects every problem of one configuration, over all its files.</summary>
public sealed class ConfigErrors
{
    private readonly List<ConfigProblem> _problems = [];

    public int Count => _problems.Count;

    /// <summary>In the order of file, line and column.</summary>
    public IReadOnlyList<ConfigProblem> Problems
    {
        get
        {
            Dictionary<string, int> fileOrder = FileOrder();

            // Those of one place stay in the order in which they were found.
            return
            [
                .. _problems.OrderBy(problem => fileOrder[problem.File])
                    .ThenBy(static problem => problem.Position.Line)
                    .ThenBy(static problem => problem.Position.Column),
            ];
        }
    }

    public void Add(ConfigProblem problem)
    {
        // A node that several aliases name is read several times; its problems are the same ones.
        if (!_problems.Contains(problem))
        {
            _problems.Add(problem);
        }
    }

    /// <summary>One problem a line.</summary>
    public override string ToString() => string.Join('\n', Problems);

    private Dictionary<string, int> FileOrder()
    {
        Dictionary<string, int> order = new(StringComparer.Ordinal);
        foreach (ConfigProblem problem in _problems)
        {
            order.TryAdd(problem.File, order.Count);
        }

        return order;
    }
}
