using System.Text;

namespace AmpEdge.IngestServer.Tools;

/// <summary>Columns of text, each as wide as its longest cell and a gap, but not narrower than Prometheus's tables.</summary>
internal sealed class TextTable
{
    private const int Gap = 2;
    private const int MinWidth = 13;

    private readonly List<string[]> _rows = [];
    private readonly int[] _widths;

    public TextTable(string[] titles)
    {
        _widths = new int[titles.Length];
        Array.Fill(_widths, MinWidth);
        Add(titles);
    }

    public void Add(params string[] cells)
    {
        _rows.Add(cells);
        for (int column = 0; column < cells.Length; column++)
        {
            _widths[column] = Math.Max(_widths[column], cells[column].Length + Gap);
        }
    }

    public void WriteTo(TextWriter output)
    {
        StringBuilder line = new();
        foreach (string[] row in _rows)
        {
            line.Clear();
            for (int column = 0; column < row.Length - 1; column++)
            {
                line.Append(row[column].PadRight(_widths[column]));
            }

            output.WriteLine(line.Append(row[^1]));
        }
    }
}
