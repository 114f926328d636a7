//! What follows from a record's pipeline and stage.

use guanxi_model::meta::{PipelineDef, StageCategory, StageDef};
use guanxi_model::{Cell, Ctx, FieldError, Schema};

use super::row::Row;

/// Fills the pipeline and first stage of a new record, checks that the stage is one of the pipeline's, and sets the derived fields
/// (probability, closed, won, time of entry) when the stage is new. A probability that is given with an open stage stays.
pub fn apply(ctx: &Ctx, schema: &Schema, row: &mut Row, before: Option<&Row>) -> Result<(), FieldError> {
    let object = row.object.clone();
    let Some(binding) = &object.def.stage else { return Ok(()) };
    let pipelines = schema.pipelines_of(object.name());
    let Some(default) = pipelines.first() else { return Ok(()) };
    if row.first(&binding.pipeline_field).is_null() {
        row.set(&binding.pipeline_field, vec![default.name.as_str().into()]);
    }
    let chosen = row.first(&binding.pipeline_field).as_text().unwrap_or("").to_owned();
    let pipeline = pipelines.iter().find(|p| p.name == chosen).unwrap_or(default);
    if row.first(&binding.stage_field).is_null()
        && let Some(first) = pipeline.stages.first()
    {
        row.set(&binding.stage_field, vec![first.value.as_str().into()]);
    }
    let stage = stage_of(pipeline, row.first(&binding.stage_field).as_text().unwrap_or(""), &binding.stage_field)?;
    let same = before.is_some_and(|b| b.first(&binding.stage_field) == row.first(&binding.stage_field));
    if same {
        return Ok(());
    }
    let mut set = |field: &Option<String>, cell: Cell| {
        if let Some(field) = field {
            row.set(field, vec![cell]);
        }
    };
    set(&binding.closed_field, Cell::Bool(stage.category != StageCategory::Open));
    set(&binding.won_field, Cell::Bool(stage.category == StageCategory::Won));
    set(&binding.entered_field, Cell::Int(ctx.now_us));
    if let Some(field) = &binding.probability_field
        && let Some(scale) = object.field(field).and_then(|f| f.def.ty.scale())
        && !(stage.category == StageCategory::Open && given(row, before, field))
    {
        row.set(field, vec![Cell::Int(i64::from(stage.probability) * 10_i64.pow(scale))]);
    }
    Ok(())
}

/// Whether this write gives a field a value of its own.
fn given(row: &Row, before: Option<&Row>, field: &str) -> bool {
    let value = row.first(field);
    !value.is_null() && before.is_none_or(|b| b.first(field) != value)
}

fn stage_of<'a>(pipeline: &'a PipelineDef, stage: &str, field: &str) -> Result<&'a StageDef, FieldError> {
    pipeline.stages.iter().find(|s| s.value == stage).ok_or_else(|| {
        let names = pipeline.stages.iter().map(|s| s.value.as_str()).collect::<Vec<_>>().join(", ");
        FieldError::new(
            field,
            "stage_not_in_pipeline",
            format!("“{stage}”不是流程“{}”的阶段；可用：{names}", pipeline.label.zh),
            format!("“{stage}” is no stage of the pipeline “{}”; there are: {names}", pipeline.label.en),
        )
    })
}
