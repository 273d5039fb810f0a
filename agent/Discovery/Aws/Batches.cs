namespace AmpEdge.Agent.Discovery;

/// <summary>Cuts lists of names into parts that an API takes at once.</summary>
internal static class Batches
{
    public static IEnumerable<string[]> Of(IReadOnlyList<string> names, int size)
    {
        for (int start = 0; start < names.Count; start += size)
        {
            string[] batch = new string[Math.Min(size, names.Count - start)];
            for (int index = 0; index < batch.Length; index++)
            {
                batch[index] = names[start + index];
            }

            yield return batch;
        }
    }
}
