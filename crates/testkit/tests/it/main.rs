//! The permission oracle against the product.

mod oracle;

// Half as much time for the many small allocations of unoptimised code.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
