namespace AmpEdge.Hosting;

/// <summary>Finds what somebody may have meant.</summary>
internal static class NearestWord
{
    /// <summary>The known word with the fewest edits, if it is near enough to be a slip of the hand.</summary>
    public static string? Of(string given, IEnumerable<string> known)
    {
        string? nearest = null;
        int fewest = Math.Max(2, given.Length / 3) + 1;
        foreach (string word in known)
        {
            int edits = Distance(given, word);
            if (edits < fewest)
            {
                (nearest, fewest) = (word, edits);
            }
        }

        return nearest;
    }

    /// <summary>Levenshtein's distance over two rows.</summary>
    private static int Distance(string left, string right)
    {
        int[] above = new int[right.Length + 1];
        int[] row = new int[right.Length + 1];
        for (int column = 0; column <= right.Length; column++)
        {
            above[column] = column;
        }

        for (int line = 1; line <= left.Length; line++)
        {
            row[0] = line;
            for (int column = 1; column <= right.Length; column++)
            {
                int replaced = above[column - 1] + (left[line - 1] == right[column - 1] ? 0 : 1);
                row[column] = Math.Min(replaced, Math.Min(above[column], row[column - 1]) + 1);
            }

            (above, row) = (row, above);
        }

        return above[right.Length];
    }
}
