namespace AmpEdge.PromQL;

/// <summary>
/// The modifiers <c>fill</c>, <c>fill_left</c> and <c>fill_right</c>: where a group has values on one side only, a series
/// with the labels of the group and the fill value stands in on the other side. After that, matching goes its usual way.
/// </summary>
/// <remarks>
/// As in Prometheus, the side that a fill value belongs to is decided after <c>group_right</c> has put the "many" side to
/// the left: with it, <c>fill_left</c> fills the right side.
/// </remarks>
internal sealed class MissingSides
{
    private readonly VectorMatching _matching;
    private readonly LabelGroups _groups;
    private readonly int _stepCount;

    public MissingSides(VectorMatching matching, int stepCount)
    {
        _matching = matching;
        _stepCount = stepCount;
        _groups = new LabelGroups(
            matching.On ? LabelProjection.Keep(matching.Labels) : LabelProjection.Without(matching.Labels));
    }

    /// <summary>Adds the rows that stand in for what is missing.</summary>
    public void Fill(SeriesMatrix left, SeriesMatrix right)
    {
        bool oneIsLeft = _matching.Cardinality == MatchCardinality.OneToMany;
        SeriesMatrix many = oneIsLeft ? right : left;
        SeriesMatrix one = oneIsLeft ? left : right;
        List<bool[]> hasMany = PresenceOf(many);
        List<bool[]> hasOne = PresenceOf(one);
        Add(many, _matching.FillLeft, hasMany, hasOne);
        Add(one, _matching.FillRight, hasOne, hasMany);
    }

    /// <summary>For each group, at which steps a side has a value.</summary>
    private List<bool[]> PresenceOf(SeriesMatrix side)
    {
        List<bool[]> presence = [];
        for (int row = 0; row < side.Count; row++)
        {
            int group = _groups.GetOrAdd(side.Labels(row));
            while (presence.Count <= group)
            {
                presence.Add(new bool[_stepCount]);
            }

            bool[] steps = presence[group];
            ReadOnlySpan<double> values = side.Values(row);
            ReadOnlySpan<Prometheus.FloatHistogram?> histograms = side.Histograms(row);
            for (int step = 0; step < steps.Length; step++)
            {
                steps[step] |= !Missing.IsMissing(values[step]) || (!histograms.IsEmpty && histograms[step] is not null);
            }
        }

        return presence;
    }

    private void Add(SeriesMatrix side, double? fill, List<bool[]> present, List<bool[]> wanted)
    {
        if (fill is not { } value)
        {
            return;
        }

        for (int group = 0; group < wanted.Count; group++)
        {
            ReadOnlySpan<bool> there = group < present.Count ? present[group] : default;
            int first = FirstMissing(wanted[group], there, 0);
            if (first == _stepCount)
            {
                continue;
            }

            Span<double> values = side.AddMissing(_groups[group], dropName: false);
            for (int step = first; step < _stepCount; step = FirstMissing(wanted[group], there, step + 1))
            {
                values[step] = value;
            }
        }
    }

    /// <summary>The first step, from one on, at which the other side has a value and this one has none.</summary>
    private static int FirstMissing(ReadOnlySpan<bool> wanted, ReadOnlySpan<bool> there, int from)
    {
        int step = from;
        while (step < wanted.Length && (!wanted[step] || (!there.IsEmpty && there[step])))
        {
            step++;
        }

        return step;
    }
}
