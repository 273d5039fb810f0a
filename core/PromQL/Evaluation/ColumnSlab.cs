namespace AmpEdge.PromQL;

/// <summary>Columns of equal length, one after the other in one array that grows.</summary>
internal sealed class ColumnSlab(int columnLength)
{
    /// <summary>Columns that there is room for from the first one on.</summary>
    public const int InitialColumns = 4;

    private double[] _values = [];

    /// <summary>How many columns there are.</summary>
    public int Count { get; private set; }

    public Span<double> this[int column] => _values.AsSpan(column * columnLength, columnLength);

    /// <summary>The column as memory; stays valid only as long as no column is added.</summary>
    public Memory<double> Memory(int column) => _values.AsMemory(column * columnLength, columnLength);

    /// <summary>Adds a column filled with <paramref name="initial"/> and returns it.</summary>
    public Span<double> Add(double initial)
    {
        Span<double> column = AddUninitialized();
        column.Fill(initial);
        return column;
    }

    public void Add(ReadOnlySpan<double> values) => values.CopyTo(AddUninitialized());

    private Span<double> AddUninitialized()
    {
        long needed = (Count + 1L) * columnLength;
        if (needed > Array.MaxLength)
        {
            // Only with a sample limit so high that it does not come first.
            QueryBudget.ThrowTooMany();
        }

        if (needed > _values.Length)
        {
            long capacity = Math.Max(needed, Math.Max((long)InitialColumns * columnLength, _values.Length * 2L));
            Array.Resize(ref _values, (int)Math.Min(capacity, Array.MaxLength));
        }

        return this[Count++];
    }
}
