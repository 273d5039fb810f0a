using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Arithmetic and comparison between two vectors. Series meet by their group (the labels of <c>on</c>, or all but those
/// of <c>ignoring</c>), which is found once per series; then whole columns are combined. Who meets whom may differ from
/// step to step, so each pair of a group is combined at the steps where both have a value.
/// </summary>
internal sealed class VectorMatchEvaluator
{
    private const string ManyToOneNotExplicit =
        "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)";

    private const string ResultNotUnique =
        "multiple matches for labels: grouping labels must ensure unique matches";

    private readonly BinaryExpr _binary;
    private readonly VectorMatching _matching;
    private readonly SeriesMatrix _many;
    private readonly SeriesMatrix _one;
    private readonly LabelGroups _groups;
    private readonly MatchedLabels _resultLabels;
    private readonly bool _dropName;
    private readonly MergingMatrix _result;
    private readonly double[] _column;
    private int[] _firstOne = [];
    private int[] _nextOne = [];

    /// <summary>The pairs of each group that were combined: what a further pair must not collide with.</summary>
    private List<MatchedPair>?[] _pairs = [];

    /// <summary>The first step at which two series of the "one" side are in the same group; MaxValue for none.</summary>
    private int _sharedStep = int.MaxValue;

    /// <summary>The first step at which two results would be the same series; MaxValue for none.</summary>
    private int _collisionStep = int.MaxValue;

    public VectorMatchEvaluator(
        BinaryExpr binary, VectorMatching matching, SeriesMatrix left, SeriesMatrix right, EvaluationContext context)
    {
        bool oneIsLeft = matching.Cardinality == MatchCardinality.OneToMany;
        _binary = binary;
        _matching = matching;
        _many = oneIsLeft ? right : left;
        _one = oneIsLeft ? left : right;
        _groups = new LabelGroups(
            matching.On ? LabelProjection.Keep(matching.Labels) : LabelProjection.Without(matching.Labels));
        bool delayed = context.Options.DelayedNameRemoval;
        _resultLabels = new MatchedLabels(
            matching, dropName: !binary.Operator.IsComparison() || (binary.ReturnBool && !delayed));
        _dropName = binary.ReturnBool && delayed;
        _result = new MergingMatrix(left.StepCount);
        _result.Matrix.NamesVary = binary.Operator.IsComparison() && _many.NamesVary;
        _column = new double[left.StepCount];
    }

    /// <exception cref="QueryException">Series meet in a way that the cardinality does not allow.</exception>
    public SeriesMatrix Evaluate()
    {
        ChainOneSide();
        for (int row = 0; row < _many.Count; row++)
        {
            int group = _groups.Find(_many.Labels(row));
            for (int one = group < 0 ? -1 : _firstOne[group]; one >= 0; one = _nextOne[one])
            {
                CombinePair(group, row, one);
            }
        }

        ThrowFirstFailure();
        return _result.Matrix;
    }

    /// <summary>Lists the series of the "one" side by group, and looks for two that are there at the same step.</summary>
    private void ChainOneSide()
    {
        int[] lastOne = new int[_one.Count];
        _firstOne = new int[_one.Count];
        _nextOne = new int[_one.Count];
        _pairs = new List<MatchedPair>?[_one.Count];
        Array.Fill(_nextOne, -1);
        for (int row = 0; row < _one.Count; row++)
        {
            int known = _groups.Count;
            int group = _groups.GetOrAdd(_one.Labels(row));
            if (group == known)
            {
                _firstOne[group] = row;
            }
            else
            {
                for (int other = _firstOne[group]; other >= 0; other = _nextOne[other])
                {
                    FindSharedStep(other, row);
                }

                _nextOne[lastOne[group]] = row;
            }

            lastOne[group] = row;
        }
    }

    /// <summary>Where the "many" side is empty nothing is matched, so nothing can be ambiguous.</summary>
    private void FindSharedStep(int first, int second)
    {
        ReadOnlySpan<double> firstValues = _one.Values(first);
        ReadOnlySpan<double> secondValues = _one.Values(second);
        for (int step = 0; step < Math.Min(firstValues.Length, _sharedStep); step++)
        {
            bool both = !Missing.IsMissing(firstValues[step]) && !Missing.IsMissing(secondValues[step]);
            if (both && ManySideHasValueAt(step))
            {
                _sharedStep = step;
            }
        }
    }

    private bool ManySideHasValueAt(int step)
    {
        for (int row = 0; row < _many.Count; row++)
        {
            if (!Missing.IsMissing(_many.Values(row)[step]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Of all failures the one at the earliest step is the query's; at the same step the "one" side's.</summary>
    private void ThrowFirstFailure()
    {
        if (_sharedStep != int.MaxValue && _sharedStep <= _collisionStep)
        {
            throw ManyToMany();
        }

        if (_collisionStep != int.MaxValue)
        {
            bool oneToOne = _matching.Cardinality == MatchCardinality.OneToOne;
            throw new QueryException(QueryErrorKind.Execution, oneToOne ? ManyToOneNotExplicit : ResultNotUnique);
        }
    }

    private QueryException ManyToMany()
    {
        Dictionary<int, int> seen = [];
        int second = 0;
        while (Missing.IsMissing(_one.Values(second)[_sharedStep]) || seen.TryAdd(_groups.Find(_one.Labels(second)), second))
        {
            second++;
        }

        int group = _groups.Find(_one.Labels(second));
        Labels lower = _one.Labels(seen[group]);
        Labels upper = _one.Labels(second);
        if (lower.CompareTo(upper) > 0)
        {
            (lower, upper) = (upper, lower);
        }

        string side = _matching.Cardinality == MatchCardinality.OneToMany ? "left" : "right";
        return new QueryException(
            QueryErrorKind.Execution,
            $"found duplicate series for the match group {LabelsFormatter.FormatAsPairs(_groups[group])} on the {side} "
            + $"hand-side of the operation: [{LabelsFormatter.FormatAsPairs(lower)}, {LabelsFormatter.FormatAsPairs(upper)}]"
            + ";many-to-many matching not allowed: matching labels must be unique on one side");
    }

    private void CombinePair(int group, int manyRow, int oneRow)
    {
        Labels labels = _resultLabels.Build(_many.Labels(manyRow), _one.Labels(oneRow));
        MatchedPair pair = new(manyRow, oneRow, labels);
        List<MatchedPair> pairs = _pairs[group] ??= [];
        foreach (MatchedPair earlier in pairs)
        {
            if (_matching.Cardinality == MatchCardinality.OneToOne || earlier.Labels == labels)
            {
                FindCollision(earlier, pair);
            }
        }

        pairs.Add(pair);
        if (_sharedStep == int.MaxValue && _collisionStep == int.MaxValue)
        {
            Combine(_many.Values(manyRow), _one.Values(oneRow));
            _result.Add(labels, _dropName, _column);
        }
    }

    /// <summary>Finds the first step at which two pairs have a match, whether or not a comparison then keeps it.</summary>
    private void FindCollision(MatchedPair first, MatchedPair second)
    {
        ReadOnlySpan<double> firstMany = _many.Values(first.ManyRow);
        ReadOnlySpan<double> firstOne = _one.Values(first.OneRow);
        ReadOnlySpan<double> secondMany = _many.Values(second.ManyRow);
        ReadOnlySpan<double> secondOne = _one.Values(second.OneRow);
        for (int step = 0; step < Math.Min(firstMany.Length, _collisionStep); step++)
        {
            if (first.ManyRow != second.ManyRow
                && !Missing.IsMissing(firstMany[step])
                && !Missing.IsMissing(firstOne[step])
                && !Missing.IsMissing(secondMany[step])
                && !Missing.IsMissing(secondOne[step]))
            {
                _collisionStep = step;
            }
        }
    }

    private void Combine(ReadOnlySpan<double> many, ReadOnlySpan<double> one)
    {
        bool oneIsLeft = _matching.Cardinality == MatchCardinality.OneToMany;
        ReadOnlySpan<double> left = oneIsLeft ? one : many;
        ReadOnlySpan<double> right = oneIsLeft ? many : one;
        if (!_binary.Operator.IsComparison())
        {
            BinaryOperation.Compute(_binary.Operator, left, right, _column);
        }
        else if (_binary.ReturnBool)
        {
            BinaryOperation.Compare(_binary.Operator, left, right, _column);
        }
        else
        {
            BinaryOperation.Filter(_binary.Operator, left, right, left, _column);
        }
    }

    /// <summary>A series of each side that met, and the labels of their result.</summary>
    private readonly record struct MatchedPair(int ManyRow, int OneRow, Labels Labels);
}
